import { type Frame, Rng, type Sequence } from '@elman/core';
import { concat, expandDims, matMul, reshape, slice, tanh, tensor2d, tile } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { conditioned, unroll } from '../src/index.ts';
import { gated, plain } from './cells.ts';
import { expectGradient, expectSameTree, total } from './differences.ts';

describe('conditioned', () => {
  const rng = Rng.seeded('conditioned');
  const inputs = rng.fork('x').tensor([3, 4, 2], (r) => r.normal()) as Sequence;
  const vector = rng.fork('v').tensor([3, 5], (r) => r.normal()) as Frame;
  const window = (from: number, length: number): Sequence => slice(inputs, [0, from, 0], [3, length, 2]);
  const makes = {
    input: () => conditioned(gated(7, 3), { size: 5, as: 'input' }),
    state: () => conditioned(gated(2, 3), { size: 5, as: 'state' }),
    both: () => conditioned(plain(7, 3), { size: 5, as: 'both' }),
  };

  it('as input is the cell over inputs with the vector appended', async () => {
    const [cell, inner] = [makes.input(), gated(7, 3)];
    const params = cell.init(rng);
    const beside = concat([inputs, tile(expandDims(vector, 1), [1, 4, 1])], 2) as Sequence;
    await expectSameTree(unroll(cell, params, inputs, { context: vector }), unroll(inner, params, beside));
    expect([cell.inputSize, cell.outputSize]).toEqual([2, 3]);
  });

  it('as state is the cell from a state computed from the vector', async () => {
    const [cell, inner] = [makes.state(), gated(2, 3)];
    const params = cell.init(rng);
    const from = (i: number) => tanh(matMul(vector, params.state[i]?.kernel as Frame)) as Frame;
    const wanted = unroll(inner, params.cell, inputs, { state: { c: from(0), h: from(1) } });
    const got = unroll(cell, params, inputs, { context: vector });
    await expectSameTree([got.outputs, got.state.cell], [wanted.outputs, wanted.state]);
    expect([...(await got.state.fresh.data())]).toEqual([0, 0, 0]);
  });

  for (const [as, make] of Object.entries(makes) as [string, typeof makes.both][]) {
    it(`as ${as} continues from window to window, frame by frame, and through masks`, async () => {
      const cell = make();
      const params = cell.init(rng);
      const whole = unroll(cell, params, inputs, { context: vector });
      const first = unroll(cell, params, window(0, 1), { context: vector });
      const second = unroll(cell, params, window(1, 3), { context: vector, state: first.state });
      await expectSameTree(concat([first.outputs, second.outputs], 1), whole.outputs);
      const [one] = [cell.step(params, cell.initialState(3, vector), reshape(window(0, 1), [3, 2]), vector)];
      await expectSameTree(one.output, reshape(first.outputs, [3, 3]));
      const late = concat([window(3, 1), inputs], 1) as Sequence;
      const mask = tensor2d([0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1], [3, 5]);
      const masked = unroll(cell, params, late, { context: vector, mask });
      await expectSameTree([slice(masked.outputs, [0, 1, 0]), masked.state], [whole.outputs, whole.state]);
    });

    it(`as ${as} has gradients through the vector`, async () => {
      const cell = make();
      await expectGradient(({ params, context }) => total(unroll(cell, params, inputs, { context }).outputs), {
        params: cell.init(rng),
        context: vector,
      });
    });
  }

  it('has a recipe, and refuses sizes that do not match', () => {
    expect(makes.both().recipe).toEqual({
      package: '@elman/rnn',
      factory: 'conditioned',
      arguments: [plain(7, 3).recipe, { size: 5, as: 'both' }],
    });
    expect(() => conditioned(gated(5, 3), { size: 5, as: 'input' })).toThrow(/expected inputSize above 5.*got 5/);
    expect(() => conditioned(gated(5, 3), { size: 5, as: 'key' as never })).toThrow(/expected input, state or both/);
    const cell = makes.state();
    const params = cell.init(rng);
    expect(() => unroll(cell, params, inputs)).toThrow(/context: expected the vector \[batch, 5\]/);
    const narrow = slice(vector, [0, 0], [3, 4]);
    expect(() => unroll(cell, params, inputs, { context: narrow })).toThrow(
      /expected \[batch=3, size=5\], got \[3, 4\]/,
    );
  });
});
