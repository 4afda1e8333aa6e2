/** Every cell, combinator, attention and memory of the workspace: compiled, it equals its step, or it is listed here with the reason. */
import { factories as attentionFactories } from '@elman/attention';
import { factories as cellFactories, gru, lstm } from '@elman/cells';
import { type Attention, type Factories, Rng, type Tree } from '@elman/core';
import { factories as memoryFactories } from '@elman/memory';
import { attentionCell, conditioned, memoryCell, factories as rnnFactories } from '@elman/rnn';
import { cellProofs } from '@elman/testkit';
import { describe, expect, it } from 'vitest';
import { attentions, cells, memories, type SomeCell, sizes } from './every-cell.ts';

/** The op that is why, and the file of its line. */
const NOT_COMPILED: { readonly [name: string]: string } = {
  batchNormLstm: 'Sub at batch-norm-lstm.ts',
  sparseAccessMemory: 'TopK at access.ts',
};

/** Makes a cell, and a context for it. */
type Subject = { readonly make: () => unknown; readonly context?: (batchSize: number, rng: Rng) => unknown };

const subjects: { readonly [name: string]: Subject } = {
  ...named(cells, (make) => ({ make })),
  ...named({ 'conditioned as input': 5, 'conditioned as state': 3, 'conditioned as both': 5 }, (inputSize, name) => ({
    make: () => conditioned(lstm({ ...sizes, inputSize }), { size: 2, as: name.split(' ').at(-1) as 'both' }),
    context: (batchSize, rng) => rng.tensor([batchSize, 2], (r) => r.normal()),
  })),
  ...named(attentions, (attention) => ({
    make: () => attentionCell(gru({ inputSize: 6, hiddenSize: 4 }), attention, { outputSize: 3 }),
    context: (batchSize, rng) => sourceOf(attention, batchSize, rng),
  })),
  ...named(memories, (memory) => ({
    make: () => memoryCell(lstm({ inputSize: 3 + memory.readSize, hiddenSize: 4 }), memory),
  })),
};

function named<T>(of: { readonly [name: string]: T }, subject: (of: T, name: string) => Subject) {
  return Object.fromEntries(Object.entries(of).map(([name, each]) => [name, subject(each, name)]));
}

function sourceOf(attention: Attention<Tree>, batchSize: number, rng: Rng) {
  const memory = rng.tensor([batchSize, 5, attention.memorySize], (r) => r.normal()) as never;
  const mask = rng.tensor([batchSize, 5], (r) => (r.uniform() < 0.8 ? 1 : 0));
  return { memory, keys: attention.keys(attention.init(Rng.seeded(1)), memory), mask };
}

for (const [name, { make, context }] of Object.entries(subjects)) {
  describe(name, () => {
    const notCompiled = NOT_COMPILED[name];
    const proofs = cellProofs(make as () => SomeCell, { context, notCompiled });
    const [verdict, ...equal] = proofs.filter(({ title }) => /^(compile|runs frame by frame)/.test(title));
    const title = verdict?.title as string;
    it(title, async () => {
      expect(title).toContain(notCompiled === undefined ? 'compiles: ' : `runs frame by frame: ${notCompiled}:`);
      await verdict?.prove();
    });
    if (notCompiled === undefined) for (const proof of equal) it(proof.title, proof.prove);
  });
}

it('has all factories of the packages', () => {
  const made = Object.values(subjects).map(({ make }) => JSON.stringify((make() as SomeCell).recipe));
  const found = new Set(made.flatMap((recipe) => [...recipe.matchAll(/"factory":"(\w+)"/g)].map(([, of]) => of)));
  const all: Factories = { ...cellFactories, ...attentionFactories, ...memoryFactories, ...rnnFactories };
  const wanted = Object.entries(all).filter(([, { makes }]) => makes !== 'layer');
  expect(wanted.map(([factory]) => factory).filter((factory) => !found.has(factory))).toEqual([]);
});
