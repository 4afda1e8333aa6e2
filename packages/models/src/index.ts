export { bitsPerCharacter, perplexity } from '@elman/metrics';
export { type Answers, answers } from './answers.ts';
export type { BoundModel } from './bind.ts';
export { type AnswerScore, evaluateAnswers } from './evaluate-answers.ts';
export {
  type KeptModel,
  type LoadModelOptions,
  loadModel,
  type Models,
  type SavedModel,
  saveModel,
} from './folder.ts';
export {
  type LanguageModel,
  type LanguageModelParams,
  languageModel,
  type NoParams,
  type RunOptions,
} from './language-model.ts';
export type { LanguageModelOptions } from './options.ts';
export type { TiedParams } from './output-layer.ts';
export {
  type BoundSeq2seq,
  type Seq2seq,
  type Seq2seqBatch,
  type Seq2seqOptions,
  type Seq2seqParams,
  seq2seq,
} from './seq2seq.ts';
export { type TaskModel, type TaskModelParams, taskModel } from './task-model.ts';
export {
  type Alignment,
  type TranslateOptions,
  type Translation,
  type Translator,
  translate,
} from './translate.ts';
