import { OptionError, Rng, remake, type Sequence, type Tree, tree } from '@elman/core';
import { add, concat, memory, mul, reverse, slice, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import * as rnn from '../src/index.ts';
import { bidirectional, deep, dropout, layer, lengthsToMask, type SequenceLayer, unroll } from '../src/index.ts';
import * as testCells from './cells.ts';
import { gated, plain } from './cells.ts';
import { expectGradient, expectSameTree, total } from './differences.ts';

const rng = Rng.seeded('layers');
const normal = (label: string, shape: number[]): Tensor => rng.fork(label).tensor(shape, (r) => r.normal());
const inputs = normal('inputs', [3, 4, 2]) as Sequence;
const lengths = [2, 0, 4];
const mask = lengthsToMask(lengths, 4);

type SomeLayer = SequenceLayer<Tree, Tree>;
const layers = [
  layer(gated(2, 3)),
  layer(gated(2, 3), { direction: 'backward' }),
  bidirectional(gated(2, 3), plain(2, 2)),
  bidirectional(gated(2, 3), plain(2, 3), { merge: 'sum' }),
  deep([
    bidirectional(gated(2, 2), gated(2, 2)),
    layer(dropout(gated(4, 3), { input: 0.3 }), { direction: 'backward' }),
  ]),
].map((it) => ({ name: it.name, it: it as unknown as SomeLayer }));

describe.each(layers)('$name', ({ it: whole }) => {
  const params = whole.init(rng.fork('params'));

  it('computes each row as it does alone at its length', async () => {
    const state = tree.map(whole.initialState(3), (leaf, path) => add(leaf, normal(path, leaf.shape)));
    const got = whole.run(params, inputs, { mask, state });
    expect(got.outputs.shape).toEqual([3, 4, whole.outputSize]);
    for (const [b, length] of lengths.entries()) {
      const row = (leaf: Tensor): Tensor => slice(leaf, [b, 0], [1, leaf.shape[1] as number]);
      const start = tree.map(state, row);
      const own = slice(got.outputs, [b, 0, 0], [1, 4, whole.outputSize]);
      if (length === 0) {
        await expectSameTree([own, tree.map(got.state, row)], [zeros(own.shape), start]);
        continue;
      }
      const alone = whole.run(params, slice(inputs, [b, 0, 0], [1, length, 2]), { state: start });
      const padded =
        length === 4 ? alone.outputs : concat([alone.outputs, zeros([1, 4 - length, whole.outputSize])], 1);
      await expectSameTree([own, tree.map(got.state, row)], [padded, alone.state]);
    }
  });

  it('has a gradient that agrees with finite differences', async () => {
    const weights = normal('weights', [3, 4, whole.outputSize]);
    await expectGradient(
      (p) => {
        const { outputs, state } = whole.run(p.params, p.inputs, { mask, rng });
        return total(mul(outputs, weights), ...tree.leaves(state));
      },
      { params, inputs },
    );
  });

  it('can be made from its recipe, and leaks nothing', async () => {
    const trust = { '@elman/rnn': rnn.factories, 'test-cells': testCells };
    const recipe = JSON.parse(JSON.stringify(whole.recipe));
    const again = (await remake(recipe, { kind: 'layer', trust })) as SomeLayer;
    const before = memory().numTensors;
    const [a, b] = [again, whole].map((l) => l.run(params, inputs, { mask, rng }));
    expect(memory().numTensors - before).toBe(2 * tree.leaves(a as never).length);
    await expectSameTree(a as never, b as never);
  });
});

describe('layer', () => {
  it('backward is forward over the reversed sequence', async () => {
    const [there, back] = [layer(gated(2, 3)), layer(gated(2, 3), { direction: 'backward' })];
    const params = there.init(rng);
    const turned = there.run(params, reverse(inputs, 1));
    const got = back.run(params, inputs);
    await expectSameTree([reverse(got.outputs, 1), got.state], [turned.outputs, turned.state]);
  });
});

describe('bidirectional', () => {
  it('draws different noise for its directions', async () => {
    const cell = dropout(gated(2, 3), { input: 0.5, variational: true });
    const side = bidirectional(cell, cell);
    const same = cell.init(rng);
    const frame = slice(inputs, [0, 0, 0], [3, 1, 2]);
    const { state } = side.run({ forward: same, backward: same }, frame, { rng: Rng.seeded(3) });
    expect(await state.forward.h.data()).not.toEqual(await state.backward.h.data());
  });

  it('concatenates both directions, or adds them, and returns both final states', async () => {
    const cell = gated(2, 3);
    const side = bidirectional(cell, cell);
    const params = side.init(rng);
    const there = unroll(cell, params.forward, inputs, { mask });
    const back = unroll(cell, params.backward, inputs, { mask, reverse: true });
    const state = { forward: there.state, backward: back.state };
    expect(side.outputSize).toBe(6);
    await expectSameTree(side.run(params, inputs, { mask }), {
      outputs: concat([there.outputs, back.outputs], 2),
      state,
    });
    const added = bidirectional(cell, cell, { merge: 'sum' });
    await expectSameTree(added.run(params, inputs, { mask }), { outputs: add(there.outputs, back.outputs), state });
    expect(await params.forward.kernel.data()).not.toEqual(await params.backward.kernel.data());
  });

  it('refuses cells that do not match', () => {
    const cell = gated(2, 3);
    expect(() => bidirectional(cell, plain(3, 3))).toThrow(
      new OptionError('bidirectional(gated, plain): backward: expected inputSize=2, as forward, got 3.'),
    );
    expect(() => bidirectional(cell, plain(2, 2), { merge: 'sum' })).toThrow(
      new OptionError(
        "bidirectional(gated, plain): backward: expected outputSize=3, as forward, got 2; or merge: 'concat'.",
      ),
    );
    expect(() => bidirectional(cell, cell, { merge: 'mean' as never })).toThrow(
      new OptionError("bidirectional(gated, gated): merge: expected 'concat' or 'sum', got \"mean\"."),
    );
  });
});

describe('deep', () => {
  it('refuses layers that do not match', () => {
    const low = bidirectional(gated(2, 3), gated(2, 3));
    expect(() => deep([low, layer(gated(3, 3))])).toThrow(
      new OptionError(
        'deep(bidirectional(gated, gated), gated): part 1 (gated): expected inputSize=6, the outputSize of part 0, got 3.',
      ),
    );
    expect(() => deep([])).toThrow(new OptionError('deep(): expected one part or more, got none.'));
  });
});
