export type { Activation } from './activation.ts';
export { factories } from './factories.ts';
export { type FeedForwardOptions, type FeedForwardState, feedForward } from './feed-forward.ts';
export { type GruOptions, type GruParams, type GruState, gru } from './gru.ts';
export { type JordanOptions, type JordanParams, type JordanState, jordan } from './jordan.ts';
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
} from './keras.ts';
export { type LstmOptions, type LstmParams, type LstmState, lstm } from './lstm.ts';
export { type PeepholeLstmParams, peepholeLstm } from './peephole-lstm.ts';
export {
  gruFromPyTorch,
  gruToPyTorch,
  lstmFromPyTorch,
  lstmToPyTorch,
  type PyTorchStateDict,
  type PyTorchWeights,
  simpleRnnFromPyTorch,
  simpleRnnToPyTorch,
} from './pytorch.ts';
export { type ResetBeforeGruParams, resetBeforeGru } from './reset-before-gru.ts';
export { type SimpleRnnOptions, type SimpleRnnParams, type SimpleRnnState, simpleRnn } from './simple-rnn.ts';
export type { StateDictOptions } from './state-dict.ts';
