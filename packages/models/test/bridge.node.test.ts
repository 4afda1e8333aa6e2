import { gru, lstm } from '@elman/cells';
import { type Cell, type Memory, Rng, type Tree, tree, valueAndGrad } from '@elman/core';
import { layer, memoryCell } from '@elman/rnn';
import {
  add,
  cast,
  expandDims,
  max,
  mean,
  ones,
  slice,
  type Tensor2D,
  type Tensor3D,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { bridge } from '../src/bridge.ts';
import { seq2seq } from '../src/index.ts';
import { copying } from './copying.ts';

type Slots = { readonly slots: Tensor3D; readonly accesses: Tensor2D };

/** Three slots of two numbers, to each of which the command is added, and how often that was, as whole numbers. */
const slots: Memory<Slots> = {
  name: 'slots',
  interfaceSize: 2,
  readSize: 2,
  initialState: (batch) => ({ slots: zeros([batch, 3, 2]), accesses: zeros([batch, 1], 'int32') }),
  access: (state, command) => ({
    read: mean(state.slots, 1) as Tensor2D,
    state: {
      slots: add(state.slots, expandDims(command, 1)) as Tensor3D,
      accesses: cast(add(state.accesses, 1), 'int32') as Tensor2D,
    },
  }),
};
const withMemory = () => memoryCell(gru({ inputSize: 6, hiddenSize: 3 }), slots) as unknown as Cell<Tree, Tree>;
const vocabularies = { source: { vocabSize: 9 }, target: { vocabSize: 9 } };
const plain = () => lstm({ inputSize: 4, hiddenSize: 5 }) as unknown as Cell<Tree, Tree>;

describe('bridge', () => {
  it.each([
    ['reads a memory', withMemory, plain],
    ['fills a memory', plain, withMemory],
    ['does both', withMemory, withMemory],
  ])('%s: leaves of any rank, all of which learn', async (_, encoder, decoder) => {
    const model = seq2seq({ ...vocabularies, encoder: layer(encoder()), decoder: decoder() });
    const params = model.init(Rng.seeded(1));
    const batch = copying('some', 5, 3).batch(0, 0);
    const bound = model.bind(params, batch.sources, batch.sourceMask);
    const [made, own] = [bound.initialState(3), decoder().initialState(3)];
    expect(tree.leaves(made).map(({ shape, dtype }) => [shape, dtype])).toEqual(
      tree.leaves(own).map(({ shape, dtype }) => [shape, dtype]),
    );
    for (const leaf of tree.leaves(made)) {
      expect((await leaf.data()).some((value) => value !== 0)).toBe(leaf.dtype === 'float32');
    }
    const { grads } = valueAndGrad((given) => ({ loss: model.loss(given, batch, []).loss, aux: [] }), params);
    for (const { kernel } of grads.bridge) expect((await max(kernel).data())[0]).not.toBe(0);
  });

  it('copies leaves of any rank, and refuses another form', () => {
    const cell = withMemory();
    const last = cell.initialState(2);
    const copy = bridge('copy', layer(cell), cell);
    expect(tree.leaves(copy.apply([], last, cell.initialState(2)))).toEqual(tree.leaves(last));
    const flat = { initialState: () => ({ h: ones([1, 3]), slots: ones([1, 6]), accesses: ones([1, 1]) }) };
    expect(() => bridge('copy', flat, cell)).toThrow(
      /^seq2seq: bridge: .* the sizes .*3×2.* of the decoder's, got 1, 3, 6; take dense\.$/,
    );
    expect(() => bridge('dense', { initialState: () => ({}) }, cell)).toThrow(
      'seq2seq: bridge: expected an encoder with a state for dense to read, got one without; take none.',
    );
  });

  it('gives a state [batch] a number a row', () => {
    const counted = { initialState: (batch: number) => ({ count: slice(ones([batch + 1]), 0, batch) }) };
    const made = bridge('dense', counted, plain());
    const initial = plain().initialState(2);
    const next = made.apply(made.init(Rng.seeded(1)), counted.initialState(2), initial);
    expect(tree.leaves(next).map(({ shape }) => shape)).toEqual(tree.leaves(initial).map(({ shape }) => shape));
  });
});
