export { between, type TaskBatchesOptions, taskBatches } from './batches.ts';
export { defineTask, solvedAt, type TaskDefinition } from './define-task.ts';
export { alike, expectDifficulty } from './difficulty.ts';
export type { Example, Frames } from './example.ts';
export * from './lectures/index.ts';
export * from './programs/index.ts';
export { bits, ids, numbers, type Scoring } from './scoring.ts';
export { type Verdict, verdict } from './verdict.ts';
