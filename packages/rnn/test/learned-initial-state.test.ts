import { Rng, type Sequence, tree, valueAndGrad } from '@elman/core';
import { add, concat, type Scalar, slice, sum, type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { learnedInitialState, unroll } from '../src/index.ts';
import { gated } from './cells.ts';
import { expectSameTree } from './differences.ts';

describe('learnedInitialState', () => {
  const rng = Rng.seeded('learned');
  const inner = gated(2, 3);
  const cell = learnedInitialState(inner);
  const params = tree.map(cell.init(rng), (leaf) => add(leaf, 0.1));
  const inputs = rng.tensor([3, 4, 2], (r) => r.normal()) as Sequence;
  const spread = tree.map(params.initial, (leaf) => concat([leaf, leaf, leaf], 0));
  const window = (from: number, length: number): Sequence => slice(inputs, [0, from, 0], [3, length, 2]);

  it("begins as the cell's own initial state", async () => {
    const fresh = cell.init(rng);
    await expectSameTree(fresh.initial, inner.initialState(1));
    await expectSameTree(unroll(cell, fresh, inputs).outputs, unroll(inner, fresh.cell, inputs).outputs);
  });

  it('runs from the learned state, given or not', async () => {
    const wanted = unroll(inner, params.cell, inputs, { state: spread });
    for (const state of [undefined, cell.initialState(3)]) {
      const got = unroll(cell, params, inputs, { state });
      await expectSameTree([got.outputs, got.state.cell], [wanted.outputs, wanted.state]);
      expect([...(await got.state.fresh.data())]).toEqual([0, 0, 0]);
    }
  });

  it('carries over windows: the learned state is used, and has a gradient, once', async () => {
    const first = unroll(cell, params, window(0, 2));
    const second = unroll(cell, params, window(2, 2), { state: first.state });
    const whole = unroll(cell, params, inputs);
    await expectSameTree(concat([first.outputs, second.outputs], 1), whole.outputs);
    const gradient = (state: typeof first.state): Tensor =>
      valueAndGrad((p) => ({ loss: sum(unroll(cell, p, window(2, 2), { state }).outputs) as Scalar, aux: [] }), params)
        .grads.initial.h;
    expect([...(await gradient(first.state).data())]).toEqual([0, 0, 0]);
    for (const value of await gradient(cell.initialState(3)).data()) expect(value).not.toBe(0);
  });

  it('starts only the rows that are fresh, through masks and gathers', async () => {
    const mask = tensor2d([
      [1, 1],
      [0, 0],
      [0, 1],
    ]);
    const first = unroll(cell, params, window(0, 2), { mask });
    expect([...(await first.state.fresh.data())]).toEqual([0, 1, 0]);
    const order = tensor1d([1, 0, 1], 'int32');
    const state = tree.gather(first.state, order);
    const got = unroll(cell, params, window(2, 2), { state });
    const firstRow = unroll(inner, params.cell, slice(window(0, 2), [0, 0, 0], [1, 2, 2]), { state: params.initial });
    const from = tree.zipAll([params.initial, firstRow.state, params.initial], (leaves) => concat([...leaves], 0));
    await expectSameTree(got.outputs, unroll(inner, params.cell, window(2, 2), { state: from }).outputs);
  });
});
