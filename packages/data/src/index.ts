export { type BucketedOptions, bucketed } from './bucketed.ts';
export { type Example, nextTokens, type TokenExample, type Values } from './examples.ts';
export type { PaddedBatch } from './pad.ts';
export { type PaddedOptions, padded } from './padded.ts';
export { type Pair, type PairBatch, type PairOptions, pairBatch, pairs } from './pairs.ts';
export type { Groups } from './plan-by-length.ts';
export { type Sliceable, type Split, type SplitOptions, split } from './split.ts';
export { type TokenStreamOptions, tokenStream } from './token-stream.ts';
