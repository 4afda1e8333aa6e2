export { bitsPerCharacter, perplexity, type ScoredText, type TextScore, textScore } from '@elman/metrics';
export { type Answers, answers } from './answers.ts';
export type { BoundModel } from './bind.ts';
export { packagesToTrust } from './built-in.ts';
export { type Caption, type Captioner, type CaptionOptions, caption } from './caption.ts';
export {
  type Classes,
  type Classified,
  type Classifier,
  type ClassifierBatch,
  type ClassifierOptions,
  classifier,
} from './classifier.ts';
export { type AnswerScore, evaluateAnswers } from './evaluate-answers.ts';
export {
  type KeptModel,
  type LoadModelOptions,
  loadModel,
  modelFiles,
  type SavedModel,
  saveModel,
} from './folder.ts';
export {
  type FramePredictor,
  type FramePredictorOptions,
  type FramePredictorParams,
  type FrameWindow,
  framePredictor,
} from './frame-predictor.ts';
export type { Models } from './kinds.ts';
export {
  type LanguageModel,
  type LanguageModelParams,
  languageModel,
  type NoParams,
  type RunOptions,
} from './language-model.ts';
export type { StoryAnswer } from './memory-network/answers.ts';
export { type MemoryNetwork, type MemoryNetworkParams, memoryNetwork } from './memory-network/memory-network.ts';
export type { MemoryNetworkOptions, Tying } from './memory-network/options.ts';
export type { LanguageModelOptions } from './options.ts';
export type { AdaptiveOptions, ClassesOptions, FullOptions, OutputOptions, SampledOptions } from './output/options.ts';
export type { OutputParams, TiedParams } from './output/output-layer.ts';
export type { PoolingKind } from './pooling.ts';
export type { PredictOptions } from './predict.ts';
export type { ReadBatch, ReaderOptions, ReaderParams } from './reading.ts';
export type { Readout, ReadoutModel } from './readout/readout.ts';
export { type SolveReadoutOptions, solveReadout } from './readout/solve-readout.ts';
export { type Regressor, type RegressorBatch, type RegressorOptions, regressor } from './regressor.ts';
export {
  type BoundSeq2seq,
  type Seq2seq,
  type Seq2seqBatch,
  type Seq2seqOptions,
  type Seq2seqParams,
  seq2seq,
} from './seq2seq.ts';
export { type Tagged, type Tagger, type TaggerBatch, type TaggerOptions, tagger } from './tagger.ts';
export { type TaskModel, type TaskModelParams, taskModel } from './task-model.ts';
export {
  type Alignment,
  type TranslateOptions,
  type Translation,
  type Translator,
  translate,
} from './translate.ts';
export { type VectorPair, vectorBatch, vectorPairs } from './vector-pairs.ts';
export {
  type BoundVectors,
  type VectorBatch,
  type VectorToSequence,
  type VectorToSequenceOptions,
  type VectorToSequenceParams,
  vectorToSequence,
} from './vector-to-sequence.ts';
