export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export type { NextTokenModel } from './next-token-model.ts';
export { type ContextState, tokenModel } from './token-model.ts';
