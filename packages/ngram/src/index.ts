export { type AddKOptions, addK } from './add-k.ts';
export type { BackoffModel, BackoffTable } from './backoff-model.ts';
export { type CountOptions, countNgrams, type NgramCounts } from './count-ngrams.ts';
export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export { type KneserNeyOptions, kneserNey } from './kneser-ney.ts';
export type { NextTokenModel } from './next-token-model.ts';
export { type StupidBackoff, type StupidBackoffOptions, stupidBackoff } from './stupid-backoff.ts';
export { type ContextState, tokenModel } from './token-model.ts';
export { wittenBell } from './witten-bell.ts';
