export { javascriptLstm } from './javascript-lstm.ts';
export type {
  LstmActivations,
  LstmEngine,
  LstmInput,
  LstmInputGradients,
  LstmOutputGradients,
  LstmSizes,
} from './lstm-engine.ts';
export { hasLstmSequence, type LstmSequence, type LstmSequenceResult, lstmSequence } from './lstm-sequence.ts';
