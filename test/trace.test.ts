/** Every cell, combinator, attention and memory of the workspace as a graph of ops: its values and gradients are those of the step. */
import {
  additiveAttention,
  localAttention,
  locationAwareAttention,
  monotonicAttention,
  multiHeadAttention,
  multiplicativeAttention,
} from '@elman/attention';
import { feedForward, gru, jordan, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '@elman/cells';
import { type Attention, type Cell, type Memory, Rng, type Source, type Tree } from '@elman/core';
import {
  continuousDeque,
  continuousQueue,
  continuousStack,
  dncMemory,
  fastWeights,
  keyValueMemory,
  ntmMemory,
  pushPopStack,
  sparseAccessMemory,
  tape,
} from '@elman/memory';
import { attentionCell, conditioned, dropout, learnedInitialState, memoryCell, residual, stack } from '@elman/rnn';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { type Case, expectTraced } from '../packages/kernels/test/compiler/expect-traced.ts';
import { ROWS } from '../packages/kernels/test/compiler/replay.ts';

type SomeCell = Cell<Tree, Tree, unknown>;

const sizes = { inputSize: 3, hiddenSize: 4 };
const square = { inputSize: 4, hiddenSize: 4 };
const rates = { input: 0.3, output: 0.4, recurrent: 0.5 };
const normal = (label: string, shape: number[]): Tensor => Rng.seeded(label).tensor(shape, (r) => r.normal());

const cells: { readonly [name: string]: () => unknown } = {
  feedForward: () => feedForward(sizes),
  gru: () => gru(sizes),
  jordan: () => jordan({ ...sizes, outputSize: 2 }),
  lstm: () => lstm(sizes),
  peepholeLstm: () => peepholeLstm(sizes),
  resetBeforeGru: () => resetBeforeGru(sizes),
  simpleRnn: () => simpleRnn(sizes),
  'stack of two': () => stack([lstm(sizes), gru(square)]),
  residual: () => residual(lstm(square)),
  dropout: () => dropout(lstm(sizes), rates),
  'variational dropout': () => dropout(lstm(sizes), { ...rates, variational: true }),
  'a stack of dropout and residual': () => stack([dropout(gru(sizes), rates), residual(dropout(lstm(square), rates))]),
  learnedInitialState: () => learnedInitialState(gru(sizes)),
};

const attentions = {
  additive: additiveAttention({ querySize: 4, memorySize: 2, size: 5 }),
  multiplicative: multiplicativeAttention({ querySize: 4, memorySize: 2 }),
  'multiplicative, dot': multiplicativeAttention({ querySize: 4, memorySize: 4, score: 'dot', scaled: true }),
  'of several heads': multiHeadAttention({ querySize: 4, memorySize: 2, size: 6, heads: 2 }),
  'location-aware': locationAwareAttention({ querySize: 4, memorySize: 2, size: 5, width: 3, filters: 2 }),
  monotonic: monotonicAttention({ querySize: 4, memorySize: 2, size: 5 }),
  local: localAttention(additiveAttention({ querySize: 4, memorySize: 2, size: 5 }), { radius: 2 }),
};

const memories: { readonly [name: string]: Memory<never> } = {
  ntm: ntmMemory({ slots: 5, width: 3, reads: 2, writes: 1 }),
  'ntm, two writers': ntmMemory({ slots: 5, width: 2, writes: 2, shifts: 2 }),
  dnc: dncMemory({ slots: 5, width: 3, reads: 2 }),
  'dnc without links': dncMemory({ slots: 5, width: 3, reads: 2, links: false }),
  continuousStack: continuousStack({ capacity: 4, size: 2 }),
  continuousQueue: continuousQueue({ capacity: 4, size: 2 }),
  continuousDeque: continuousDeque({ capacity: 4, size: 2 }),
  pushPopStack: pushPopStack({ depth: 4, size: 2, stacks: 2, reads: 2 }),
  tape: tape({ cells: 4, size: 2, tapes: 2 }),
  'fastWeights, hebbian': fastWeights({ keySize: 3, valueSize: 4 }),
  'fastWeights, delta': fastWeights({ keySize: 3, valueSize: 2, rule: 'delta' }),
  'keyValueMemory, oldest': keyValueMemory({ slots: 5, keySize: 3, valueSize: 2 }),
  'keyValueMemory, least recently used': keyValueMemory({
    slots: 5,
    keySize: 3,
    valueSize: 2,
    reads: 2,
    replaces: 'leastRecentlyUsed',
  }),
  sparseAccessMemory: sparseAccessMemory({ slots: 5, width: 4, reads: 2, nearest: 2 }),
} as never;

const traced = (cell: unknown, options?: Case): void => void expectTraced(cell as SomeCell, options);

describe('cells and combinators', () => {
  for (const [name, make] of Object.entries(cells)) {
    it(name, () => traced(make()));
    it(`${name}, with mask and noise`, () => traced(make(), { isMasked: true, isNoisy: true }));
  }

  for (const as of ['input', 'state', 'both'] as const) {
    it(`conditioned as ${as}`, () => {
      const context = normal('vector', [ROWS, 2]);
      const inner = lstm(as === 'state' ? sizes : { inputSize: 5, hiddenSize: 4 });
      traced(conditioned(inner, { size: 2, as }), { context });
      context.dispose();
    });
  }
});

describe('cells with attention', () => {
  for (const [name, attention] of Object.entries(attentions) as unknown as [string, Attention<Tree>][]) {
    it(
      name,
      () =>
        void tidy(() => {
          const memory = normal('memory', [ROWS, 5, attention.memorySize]) as Source['memory'];
          const keys = attention.keys(attention.init(Rng.seeded(1)), memory);
          const mask = Rng.seeded('mask').tensor([ROWS, 5], (r) => (r.uniform() < 0.8 ? 1 : 0)) as never;
          const make = () => attentionCell(gru({ inputSize: 6, hiddenSize: 4 }), attention, { outputSize: 3 });
          traced(make(), { context: { memory, keys, mask } });
          traced(make(), { context: { memory, keys }, isMasked: true });
        }),
    );
  }
});

describe('cells with a memory', () => {
  for (const [name, memory] of Object.entries(memories)) {
    const make = () => memoryCell(lstm({ inputSize: 3 + memory.readSize, hiddenSize: 4 }), memory);
    it(name, () => traced(make(), { tolerance: 1e-4 }));
    it(`${name}, masked`, () => traced(make(), { isMasked: true, tolerance: 1e-4 }));
  }
});
