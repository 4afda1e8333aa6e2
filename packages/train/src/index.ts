export { type BatchWindow, type BpttOptions, bptt } from './bptt.ts';
export type { Loss, LossOptions, Trainable } from './contracts.ts';
export * from './curricula/index.ts';
export { type Evaluation, evaluate } from './evaluate.ts';
export {
  type DifficultyRow,
  type EachOptions,
  evaluateByDifficulty,
  evaluateByLength,
  type LengthRow,
} from './evaluate-by-length.ts';
export { atDifficulty, type CurriculumProgress } from './grading.ts';
export type { EvaluationEvent, TrainOptions, UpdateEvent } from './options.ts';
export {
  disposeTraining,
  type EvaluationRecord,
  type LevelRecord,
  type Progress,
  type TrainingState,
} from './state.ts';
export { type LoadTrainingOptions, loadTraining, type SaveTrainingOptions, saveTraining } from './storage.ts';
export { type TestLengths, testLengths } from './test-lengths.ts';
export { type Reason, type TrainingResult, train } from './train.ts';
