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
export type { SparseAccessMemoryOptions, SparseAccessMemoryState, SparseIndex } from './sparse/options.ts';
export { sparseAccessMemory } from './sparse-access-memory.ts';
