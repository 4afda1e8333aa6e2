/** Every cell, combinator, attention and memory of the workspace is compiled, or listed here with the reason. */
import { factories as attentionFactories } from '@elman/attention';
import { factories as cellFactories, gru, lstm } from '@elman/cells';
import { type Attention, type Cell, type Factories, Rng, type Source, type Tree } from '@elman/core';
import { factories as memoryFactories } from '@elman/memory';
import { attentionCell, conditioned, explain, memoryCell, factories as rnnFactories } from '@elman/rnn';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attentions, cells, memories, type SomeCell, sizes } from './every-cell.ts';

/** The op that is why, and the file of its line. */
const NOT_COMPILED: { readonly [name: string]: string } = {
  // Values of a row that are matrices, and softmax, cumulative sums and choices along them.
  additive: 'Add at additive.ts',
  local: 'Add at additive.ts',
  multiplicative: 'BatchMatMul at weigh.ts',
  'multiplicative, dot': 'BatchMatMul at weigh.ts',
  'of several heads': 'BroadcastTo at multi-head.ts',
  'location-aware': 'Add at location-aware.ts',
  monotonic: 'Add at monotonic.ts',
  ntm: 'Slice at ntm-addressing.ts',
  'ntm, two writers': 'Slice at ntm-addressing.ts',
  dnc: 'Softmax at dnc-command.ts',
  'dnc without links': 'Sum at dnc-content.ts',
  continuousStack: 'Cumsum at portion.ts',
  continuousQueue: 'Cumsum at portion.ts',
  continuousDeque: 'Cumsum at portion.ts',
  pushPopStack: 'Softmax at actions.ts',
  tape: 'Softmax at actions.ts',
  'fastWeights, hebbian': 'Multiply at fast-weights.ts',
  'fastWeights, delta': 'BatchMatMul at fast-weights.ts',
  'keyValueMemory, oldest': 'ArgMin at key-value-memory.ts',
  'keyValueMemory, least recently used': 'ArgMin at key-value-memory.ts',
  sparseAccessMemory: 'ArgMin at access.ts',
};

const ROWS = 2;
const normal = (label: string, shape: number[]): Tensor => Rng.seeded(label).tensor(shape, (r) => r.normal());

/** A cell, and its context. */
type Subject = { readonly cell: SomeCell; readonly context?: unknown };

const subjects: { readonly [name: string]: () => Subject } = {
  ...named(cells, (make) => ({ cell: make() as SomeCell })),
  ...named({ input: 5, state: 3, both: 5 }, (inputSize, as) => ({
    cell: conditioned(lstm({ ...sizes, inputSize }), { size: 2, as: as as 'both' }) as unknown as SomeCell,
    context: normal('vector', [ROWS, 2]),
  })),
  ...named(attentions, (attention) => ({
    cell: attentionCell(gru({ inputSize: 6, hiddenSize: 4 }), attention, { outputSize: 3 }) as unknown as SomeCell,
    context: sourceOf(attention),
  })),
  ...named(memories, (memory) => ({
    cell: memoryCell(lstm({ inputSize: 3 + memory.readSize, hiddenSize: 4 }), memory) as unknown as SomeCell,
  })),
};

function named<T>(of: { readonly [name: string]: T }, subject: (of: T, name: string) => Subject) {
  return Object.fromEntries(Object.entries(of).map(([name, each]) => [name, () => subject(each, name)]));
}

function sourceOf(attention: Attention<Tree>): Source {
  const memory = normal('memory', [ROWS, 5, attention.memorySize]) as Source['memory'];
  const mask = Rng.seeded('mask').tensor([ROWS, 5], (r) => (r.uniform() < 0.8 ? 1 : 0)) as never;
  return { memory, keys: attention.keys(attention.init(Rng.seeded(1)), memory), mask };
}

for (const [name, make] of Object.entries(subjects)) {
  const reason = NOT_COMPILED[name];
  it(`${name}: ${reason === undefined ? 'compiled' : `not compiled: ${reason}`}`, () =>
    void tidy(() => {
      const { cell, context } = make();
      const found = explain(cell, { batchSize: ROWS, time: 3, context, masked: true, noisy: true }).reason;
      expect(found && `${found.op} at ${found.line?.split(':')[0]}`, found?.message).toBe(reason);
    }));
}

it('has all factories of the packages', () => {
  const made = tidy(() =>
    Object.values(subjects).map((make) => JSON.stringify((make().cell as Cell<Tree, Tree>).recipe)),
  );
  const found = new Set(
    made.flatMap((recipe) => [...recipe.matchAll(/"factory":"(\w+)"/g)].map(([, factory]) => factory)),
  );
  const all: Factories = { ...cellFactories, ...attentionFactories, ...memoryFactories, ...rnnFactories };
  const wanted = Object.entries(all).filter(([, { makes }]) => makes !== 'layer');
  expect(wanted.map(([factory]) => factory).filter((factory) => !found.has(factory))).toEqual([]);
});
