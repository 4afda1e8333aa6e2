export { type KernelReport, kernelReport } from './choose-engine.ts';
export { hasLstmSequence, type LstmSequence, type LstmSequenceResult, lstmSequence } from './lstm-sequence.ts';
