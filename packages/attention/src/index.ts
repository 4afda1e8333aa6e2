export { type AdditiveAttentionOptions, type AdditiveAttentionParams, additiveAttention } from './additive.ts';
export { factories } from './factories.ts';
export { type LocalAttentionParams, localAttention } from './local.ts';
export {
  type LocationAwareAttentionOptions,
  type LocationAwareAttentionParams,
  locationAwareAttention,
} from './location-aware.ts';
export { type MonotonicAttentionOptions, type MonotonicAttentionParams, monotonicAttention } from './monotonic.ts';
export { type MultiHeadAttentionOptions, type MultiHeadAttentionParams, multiHeadAttention } from './multi-head.ts';
export {
  type MultiplicativeAttentionOptions,
  type MultiplicativeAttentionParams,
  multiplicativeAttention,
} from './multiplicative.ts';
