import { gru } from '@elman/cells';
import { OptionError, Rng, type Source, tree } from '@elman/core';
import { attentionCell, sourceOf, unroll } from '@elman/rnn';
import { describeCell } from '@elman/testkit';
import { sum, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { additiveAttention, locationAwareAttention, monotonicAttention } from '../src/index.ts';

const importPackage = (name: string) =>
  name === '@elman/rnn'
    ? import('@elman/rnn')
    : name === '@elman/cells'
      ? import('@elman/cells')
      : import('../src/index.ts');
const attentions = {
  additive: additiveAttention({ querySize: 3, memorySize: 2, size: 4 }),
  monotonic: monotonicAttention({ querySize: 3, memorySize: 2, size: 4 }),
  'location-aware': locationAwareAttention({ querySize: 3, memorySize: 2, size: 4, width: 3, filters: 2 }),
};

/** The memory of the given keys. */
const ofContext = (path: string): boolean => /^attention\.(memoryKernel|bias)$/.test(path);

/** A source with random keys, so that it does not depend on parameters. */
function context(batchSize: number, rng: Rng): Source {
  const draw = (label: string, size: number) =>
    rng.fork(label).tensor([batchSize, 5, size], (r) => r.normal()) as Tensor3D;
  const mask = rng.fork('mask').tensor([batchSize, 5], (r) => (r.uniform() < 0.8 ? 1 : 0)) as Tensor2D;
  return { memory: draw('memory', 2), keys: draw('keys', 4), mask };
}

for (const [name, attention] of Object.entries(attentions)) {
  const make = () =>
    attentionCell(gru({ inputSize: 6, hiddenSize: 3 }), attention as typeof attentions.additive, { outputSize: 4 });
  describeAttentionCell(name, make);
}

function describeAttentionCell(name: string, make: () => ReturnType<typeof attentionCell>): void {
  const options = { context, importPackage, ofContext };
  describeCell(`a gru with ${name} attention`, make as never, options as never);
}

it('keeps normalised weights in its state', async () => {
  const attention = attentions.additive;
  const cell = attentionCell(gru({ inputSize: 2, hiddenSize: 3 }), attention, { inputFeeding: false });
  expect([cell.inputSize, cell.outputSize]).toEqual([2, 3]);
  const params = cell.init(Rng.seeded(1));
  const rng = Rng.seeded(2);
  const memory = rng.fork('m').tensor([2, 5, 2], (r) => r.normal()) as Tensor3D;
  const inputs = rng.fork('x').tensor([2, 3, 2], (r) => r.normal()) as Tensor3D;
  const { state, outputs } = unroll(cell, params, inputs, { context: sourceOf(attention, params.attention, memory) });
  expect(outputs.shape).toEqual([2, 3, 3]);
  const sums = await sum(state.weights, 1).data();
  for (const total of sums) expect(total).toBeCloseTo(1, 5);
  tree.dispose([outputs, state]);
});

it('refuses sizes that do not match, and a missing source', () => {
  const { additive } = attentions;
  expect(() => attentionCell(gru({ inputSize: 2, hiddenSize: 4 }), additive)).toThrow(/querySize=4.*got 3/);
  expect(() => attentionCell(gru({ inputSize: 3, hiddenSize: 3 }), additive)).toThrow(OptionError);
  const cell = attentionCell(gru({ inputSize: 5, hiddenSize: 3 }), additive);
  expect(() => cell.initialState(2)).toThrow(/expected a source/);
});
