export { type ContinuousDequeState, continuousDeque } from './continuous-deque.ts';
export type { ContinuousOptions, ContinuousState } from './continuous-line.ts';
export { continuousQueue } from './continuous-queue.ts';
export { continuousStack } from './continuous-stack.ts';
export { type DncMemoryOptions, type DncMemoryState, type DncUnlinkedState, dncMemory } from './dnc.ts';
export type { DncLinks } from './dnc-links.ts';
export { factories } from './factories.ts';
export {
  type FastWeightFeatures,
  type FastWeightRule,
  type FastWeightsOptions,
  type FastWeightsState,
  fastWeights,
} from './fast-weights.ts';
export {
  type KeyValueMemoryOptions,
  type KeyValueMemoryState,
  keyValueMemory,
  type Replaced,
} from './key-value-memory.ts';
export { type NtmMemoryOptions, type NtmMemoryState, ntmMemory } from './ntm.ts';
export { type PushPopStackOptions, type PushPopStackState, pushPopStack } from './push-pop-stack.ts';
export type { SparseAccessMemoryOptions, SparseAccessMemoryState, SparseIndex } from './sparse/options.ts';
export { sparseAccessMemory } from './sparse-access-memory.ts';
export { type TapeOptions, type TapeState, tape } from './tape.ts';
