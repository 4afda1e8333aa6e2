export { beamSearch, type TracedSearch, traceBeamSearch } from './beam/beam-search.ts';
export type { Hypothesis } from './beam/hypothesis.ts';
export type { BeamSearchOptions, SearchOptions } from './beam/options.ts';
export { average, type CoveragePenalty, gnmt, type LengthPenalty } from './beam/penalties.ts';
export { type ScoreOptions, score } from './beam/score.ts';
export {
  type Draw,
  type StochasticBeamSearchOptions,
  stochasticBeamSearch,
} from './beam/stochastic.ts';
export { type Fate, type SearchTree, type TraceNode, treeText } from './beam/trace.ts';
export { type ContrastiveDecodingOptions, contrastiveDecoding } from './combine/contrastive-decoding.ts';
export { type EnsembleOptions, ensemble } from './combine/ensemble.ts';
export { type ContrastiveSearchOptions, contrastiveSearch } from './contrastive/contrastive-search.ts';
export { banned, biased, minimumTokens, noRepeatNgram } from './forbid.ts';
export { type GenerateOptions, generate } from './generate.ts';
export type { DecodingOptions, WritingOptions } from './options.ts';
export {
  compose,
  type LogitsProcessor,
  repetitionPenalty,
  temperature,
  topK,
} from './processors.ts';
export { type SampleOptions, sample } from './sample.ts';
export { minP, topP, typical } from './truncation.ts';
