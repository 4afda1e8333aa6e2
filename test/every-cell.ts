/** Every cell, combinator, attention and memory of the workspace, small. */
import {
  additiveAttention,
  localAttention,
  locationAwareAttention,
  monotonicAttention,
  multiHeadAttention,
  multiplicativeAttention,
} from '@elman/attention';
import {
  bagOfWords,
  batchNormLstm,
  dilated,
  factories,
  feedForward,
  gru,
  jordan,
  lstm,
  phasedLstm,
  skipRnn,
  skipThroughTime,
  teacherForced,
  withBagOfWords,
  zoneout,
} from '@elman/cells';
import type { Attention, Cell, Memory, Tree } from '@elman/core';
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
import { connectedStack, dropout, learnedInitialState, residual, skipStack, stack } from '@elman/rnn';
import { minGru } from '../examples/custom-cell/src/index.ts';
import { factories as convolutions } from '../packages/convolution/src/index.ts';
import { linearUnits, thresholdUnits } from '../packages/theory/src/index.ts';

/** A cell, whatever its parameters, state and context. */
export type SomeCell = Cell<Tree, Tree, unknown>;

export const sizes = { inputSize: 3, hiddenSize: 4 };
const square = { inputSize: 4, hiddenSize: 4 };
const rates = { input: 0.3, output: 0.4, recurrent: 0.5 };

export const cells: { readonly [name: string]: () => unknown } = {
  ...Object.fromEntries(
    Object.entries({ ...factories, ...convolutions })
      .filter(([, { parts }]) => parts === undefined)
      .map(([name, { make }]) => [name, () => (make as (options: object) => unknown)(sizes)]),
  ),
  'batchNormLstm by statistics of the population': () => batchNormLstm({ ...sizes, frames: 2 }),
  'jordan of two outputs': () => jordan({ ...sizes, outputSize: 2 }),
  'phasedLstm that opens in few frames': () => phasedLstm({ ...sizes, periods: [2, 4], openRatio: 0.6 }),
  dilated: () => dilated(lstm(sizes), { period: 2 }),
  skipRnn: () => skipRnn(gru(sizes)),
  skipThroughTime: () => skipThroughTime(gru({ inputSize: 11, hiddenSize: 4 }), { periods: [2, 3] }),
  teacherForced: () => teacherForced(jordan(sizes)),
  'feedForward over two frames, with direct connections': () => feedForward({ ...sizes, window: 2, direct: true }),
  'bagOfWords of a window': () => bagOfWords({ ...sizes, window: 2 }),
  withBagOfWords: () => withBagOfWords(lstm({ inputSize: 6, hiddenSize: 4 }), { to: 'both' }),
  zoneout: () => zoneout(lstm(sizes), { rate: 0.3 }),
  linearUnits: () => linearUnits(sizes),
  thresholdUnits: () => thresholdUnits({ ...sizes, outputSize: 2 }),
  'minGru of the example': () => minGru(sizes),
  'stack of two': () => stack([lstm(sizes), gru(square)]),
  skipStack: () => skipStack([lstm(sizes), gru({ inputSize: 3 + 4, hiddenSize: 2 })]),
  'connectedStack, bottomUp with a skip': () =>
    connectedStack([lstm({ inputSize: 3 + 4, hiddenSize: 4 }), gru({ inputSize: 4 + 4 + 2, hiddenSize: 2 })], {
      architecture: 'bottomUp',
      skip: 2,
    }),
  'connectedStack, topDown': () =>
    connectedStack([lstm({ inputSize: 3 + 2, hiddenSize: 4 }), gru({ inputSize: 4, hiddenSize: 2 })], {
      architecture: 'topDown',
    }),
  residual: () => residual(lstm(square)),
  dropout: () => dropout(lstm(sizes), rates),
  'variational dropout': () => dropout(lstm(sizes), { ...rates, variational: true }),
  'a stack of dropout and residual': () => stack([dropout(gru(sizes), rates), residual(dropout(lstm(square), rates))]),
  learnedInitialState: () => learnedInitialState(gru(sizes)),
};

export const attentions: { readonly [name: string]: Attention<Tree> } = {
  additive: additiveAttention({ querySize: 4, memorySize: 2, size: 5 }),
  multiplicative: multiplicativeAttention({ querySize: 4, memorySize: 2 }),
  'multiplicative, dot': multiplicativeAttention({ querySize: 4, memorySize: 4, score: 'dot', scaled: true }),
  'of several heads': multiHeadAttention({ querySize: 4, memorySize: 2, size: 6, heads: 2 }),
  'location-aware': locationAwareAttention({ querySize: 4, memorySize: 2, size: 5, width: 3, filters: 2 }),
  monotonic: monotonicAttention({ querySize: 4, memorySize: 2, size: 5 }),
  local: localAttention(additiveAttention({ querySize: 4, memorySize: 2, size: 5 }), { radius: 2 }),
} as never;

export const memories: { readonly [name: string]: Memory<never> } = {
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
