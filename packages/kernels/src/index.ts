export { type KernelReport, kernelReport, useThreads } from './choose-engine.ts';
export { sumFirstAxes } from './column-sums.ts';
export { compileGru, compileLstm, compileSimpleRnn } from './compiled-cells.ts';
export { type CompiledDense, compileDense, valuesHere } from './compiled-dense.ts';
export { type GruSequence, type GruSequenceResult, gruSequence, hasGruSequence } from './gru-sequence.ts';
export { hasLstmSequence, type LstmSequence, type LstmSequenceResult, lstmSequence } from './lstm-sequence.ts';
export { multiplyOnHeap, type Product, type ProductAt } from './mat-mul.ts';
export { useExperimentalSimd } from './simd/best-module.ts';
export type { SimpleRnnActivation } from './simple-rnn-engine.ts';
export {
  hasSimpleRnnSequence,
  type SimpleRnnSequence,
  type SimpleRnnSequenceResult,
  simpleRnnSequence,
} from './simple-rnn-sequence.ts';
