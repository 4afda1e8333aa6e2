export type { Activation } from './activation.ts';
export {
  type DeepTransitionRnnOptions,
  type DeepTransitionRnnParams,
  type DeepTransitionRnnState,
  deepTransitionRnn,
} from './depth/deep-transition-rnn.ts';
export {
  type GatedFeedbackRnnOptions,
  type GatedFeedbackRnnParams,
  type GatedFeedbackRnnState,
  gatedFeedbackRnn,
} from './depth/gated-feedback-rnn.ts';
export { type GridLstmOptions, type GridLstmParams, type GridLstmState, gridLstm } from './depth/grid-lstm.ts';
export type { LayerParams } from './depth/layers.ts';
export {
  type RecurrentHighwayOptions,
  type RecurrentHighwayParams,
  type RecurrentHighwayState,
  recurrentHighway,
} from './depth/recurrent-highway.ts';
export type { EarlierFrames } from './earlier-frames.ts';
export { factories } from './factories.ts';
export { type ArrayLstmOptions, type ArrayLstmParams, type ArrayLstmState, arrayLstm } from './gated/array-lstm.ts';
export { type CoupledGateLstmOptions, coupledGateLstm } from './gated/coupled-gate-lstm.ts';
export { type GruOptions, type GruParams, type GruState, gru } from './gated/gru.ts';
export { type LstmOptions, type LstmParams, type LstmState, lstm } from './gated/lstm.ts';
export { type Lstm1997Options, lstm1997 } from './gated/lstm-1997.ts';
export {
  type LstmVariantOptions,
  type LstmVariantParams,
  type LstmVariantState,
  lstmVariant,
} from './gated/lstm-variant.ts';
export { type PeepholeLstmParams, peepholeLstm } from './gated/peephole-lstm.ts';
export { type ResetBeforeGruParams, resetBeforeGru } from './gated/reset-before-gru.ts';
export { type LruOptions, type LruParams, type LruState, lru } from './linear/lru.ts';
export { type MinGruOptions, type MinGruParams, type MinGruState, minGru } from './linear/min-gru.ts';
export { type MinLstmOptions, type MinLstmParams, type MinLstmState, minLstm } from './linear/min-lstm.ts';
export { type QrnnOptions, type QrnnParams, type QrnnState, qrnn } from './linear/qrnn.ts';
export { type RgLruOptions, type RgLruParams, type RgLruState, rgLru } from './linear/rg-lru.ts';
export { type SruOptions, type SruParams, type SruState, sru } from './linear/sru.ts';
export {
  type MinimalGatedUnitOptions,
  type MinimalGatedUnitParams,
  type MinimalGatedUnitState,
  minimalGatedUnit,
} from './minimal/minimal-gated-unit.ts';
export {
  type UpdateGateRnnOptions,
  type UpdateGateRnnParams,
  type UpdateGateRnnState,
  updateGateRnn,
} from './minimal/update-gate-rnn.ts';
export type { FactoredOptions } from './multiplicative/factors.ts';
export {
  type MultiplicativeIntegrationGruParams,
  multiplicativeIntegrationGru,
} from './multiplicative/multiplicative-integration-gru.ts';
export {
  type MultiplicativeIntegrationLstmParams,
  multiplicativeIntegrationLstm,
} from './multiplicative/multiplicative-integration-lstm.ts';
export {
  type MultiplicativeIntegrationOptions,
  type MultiplicativeIntegrationRnnParams,
  type MultiplicativeIntegrationRnnState,
  multiplicativeIntegrationRnn,
} from './multiplicative/multiplicative-integration-rnn.ts';
export { type MultiplicativeLstmParams, multiplicativeLstm } from './multiplicative/multiplicative-lstm.ts';
export {
  type MultiplicativeRnnParams,
  type MultiplicativeRnnState,
  multiplicativeRnn,
} from './multiplicative/multiplicative-rnn.ts';
export {
  type BatchNormLstmOptions,
  type BatchNormLstmParams,
  type BatchNormStatistics,
  batchNormLstm,
  type Moments,
  type PopulationNormLstmParams,
  type PopulationNormLstmState,
} from './normalised/batch-norm-lstm.ts';
export { batchNormStatistics } from './normalised/batch-norm-statistics.ts';
export { type LayerNormGruParams, layerNormGru } from './normalised/layer-norm-gru.ts';
export { type LayerNormLstmParams, layerNormLstm } from './normalised/layer-norm-lstm.ts';
export { type LayerNormRnnParams, type LayerNormRnnState, layerNormRnn } from './normalised/layer-norm-rnn.ts';
export type { LayerNormCellOptions } from './normalised/options.ts';
export {
  type AntisymmetricRnnOptions,
  type AntisymmetricRnnParams,
  type AntisymmetricRnnState,
  antisymmetricRnn,
} from './orthogonal/antisymmetric-rnn.ts';
export type { Complex } from './orthogonal/complex.ts';
export {
  type OrthogonalRnnOptions,
  type OrthogonalRnnParams,
  type OrthogonalRnnState,
  orthogonalRnn,
} from './orthogonal/orthogonal-rnn.ts';
export {
  type UnitaryRnnOptions,
  type UnitaryRnnParams,
  type UnitaryRnnState,
  unitaryRnn,
} from './orthogonal/unitary-rnn.ts';
export type { RecurrentInitializer, RecurrentInitializerOptions } from './recurrent-initializer.ts';
export {
  type EchoStateOptions,
  type EchoStateParams,
  type EchoStateState,
  echoState,
} from './reservoir/echo-state.ts';
export type { BagOptions, BagState } from './simple/bag.ts';
export { type BagOfWordsOptions, bagOfWords } from './simple/bag-of-words.ts';
export { type ElmanJordanParams, type ElmanJordanState, elmanJordan } from './simple/elman-jordan.ts';
export { type FeedForwardOptions, type FeedForwardState, feedForward } from './simple/feed-forward.ts';
export { type JordanOptions, type JordanParams, type JordanState, jordan } from './simple/jordan.ts';
export { type SimpleRnnOptions, type SimpleRnnParams, type SimpleRnnState, simpleRnn } from './simple/simple-rnn.ts';
export { type OutputState, teacherForced, withPreviousTargets } from './simple/teacher-forced.ts';
export {
  type WithBagOfWordsOptions,
  type WithBagOfWordsState,
  withBagOfWords,
} from './simple/with-bag-of-words.ts';
export {
  type ClockworkRnnOptions,
  type ClockworkRnnParams,
  type ClockworkRnnState,
  clockworkRnn,
} from './time-scales/clockwork-rnn.ts';
export { type DilatedOptions, type DilatedState, dilated } from './time-scales/dilated.ts';
export {
  type ExponentialTraceOptions,
  type ExponentialTraceParams,
  type ExponentialTraceState,
  exponentialTrace,
} from './time-scales/exponential-trace.ts';
export {
  type HierarchicalMultiscaleLstmOptions,
  type HierarchicalMultiscaleLstmParams,
  type HierarchicalMultiscaleLstmState,
  hierarchicalMultiscaleLstm,
} from './time-scales/hierarchical-multiscale-lstm.ts';
export { type LeakyRnnOptions, type LeakyRnnParams, type LeakyRnnState, leakyRnn } from './time-scales/leaky-rnn.ts';
export {
  type PhasedLstmOptions,
  type PhasedLstmParams,
  type PhasedLstmState,
  phasedLstm,
} from './time-scales/phased-lstm.ts';
export { type ScrnOptions, type ScrnParams, type ScrnState, scrn } from './time-scales/scrn.ts';
export { type SkipRnnParams, type SkipRnnState, skipRnn } from './time-scales/skip-rnn.ts';
export {
  type SkipThroughTimeOptions,
  type SkipThroughTimeState,
  skipThroughTime,
} from './time-scales/skip-through-time.ts';
export { type ZoneoutOptions, zoneout } from './time-scales/zoneout.ts';
export {
  gruFromKeras,
  gruToKeras,
  type KerasResetAfterWeights,
  type KerasWeights,
  lstmFromKeras,
  lstmToKeras,
  resetBeforeGruFromKeras,
  resetBeforeGruToKeras,
  simpleRnnFromKeras,
  simpleRnnToKeras,
} from './weights/keras.ts';
export {
  gruFromPyTorch,
  gruToPyTorch,
  lstmFromPyTorch,
  lstmToPyTorch,
  type PyTorchStateDict,
  type PyTorchWeights,
  simpleRnnFromPyTorch,
  simpleRnnToPyTorch,
} from './weights/pytorch.ts';
export type { StateDictOptions } from './weights/state-dict.ts';
export type { ForgetGate } from './xlstm/exponential-gates.ts';
export {
  type MatrixLstmOptions,
  type MatrixLstmParams,
  type MatrixLstmState,
  matrixLstm,
} from './xlstm/matrix-lstm.ts';
export { type SLstmOptions, type SLstmParams, type SLstmState, sLstm } from './xlstm/s-lstm.ts';
