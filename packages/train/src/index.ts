export { type BatchWindow, type BpttOptions, bptt } from './bptt.ts';
export type { Loss, LossOptions, Trainable } from './contracts.ts';
export { type Evaluation, evaluate } from './evaluate.ts';
export type { EvaluationEvent, TrainOptions, UpdateEvent } from './options.ts';
export { disposeTraining, type EvaluationRecord, type Progress, type TrainingState } from './state.ts';
export { loadTraining, saveTraining } from './storage.ts';
export { type Reason, type TrainingResult, train } from './train.ts';
