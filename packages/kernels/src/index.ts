export { type Affine, affine } from './affine.ts';
export { type ClassBounds, type ClassLoss, type ClassTargets, classCrossEntropyOf } from './class-cross-entropy.ts';
export { sumFirstAxes } from './column-sums.ts';
export { type CompiledDense, compileDense } from './compiled-dense.ts';
export { compiledScan, type EmbeddedInputs } from './compiler/compiled-scan.ts';
export { type ExplainOptions, explain } from './compiler/explain/explain.ts';
export type { CompiledForm, Explanation } from './compiler/explain/explanation.ts';
export {
  type CompiledCell,
  compiledCell,
} from './compiler/frames/compiled-cell.ts';
export type { InputTable } from './compiler/frames/input-table.ts';
export type { Stepper } from './compiler/frames/stepper.ts';
export { type DilatedConvolution, dilatedConvolution } from './dilated-convolution/dilated-convolution.ts';
export { expectMask } from './expect-mask.ts';
export { type GruSequence, type GruSequenceResult, gruSequence, hasGruSequence } from './gru-sequence.ts';
export { type KernelReport, kernelReport } from './kernel-report.ts';
export {
  type Complex,
  type ComplexLinearScan,
  type ComplexLinearScanResult,
  type LinearScan,
  type LinearScanOptions,
  type LinearScanResult,
  linearScan,
} from './linear-scan/linear-scan.ts';
export { hasLstmSequence, type LstmSequence, type LstmSequenceResult, lstmSequence } from './lstm-sequence.ts';
export { multiplyArrays, multiplyOnHeap, type Operands, type Product, type ProductAt } from './mat-mul.ts';
export type { AdamLeaf, AdamNumbers, AdamUpdate } from './optimizer-engine.ts';
export { adamOfAll, addScaledToAll, clipNormOfAll, normOfAll } from './optimizer-ops.ts';
export {
  hasPeepholeLstmSequence,
  type PeepholeLstmSequence,
  peepholeLstmSequence,
} from './peephole-lstm-sequence.ts';
export {
  hasResetBeforeGruSequence,
  type ResetBeforeGruSequence,
  resetBeforeGruSequence,
} from './reset-before-gru-sequence.ts';
export { addRowsOnHeap, gatherRowsOnHeap } from './rows.ts';
export type { SimpleRnnActivation } from './sequence.ts';
export { useExperimentalSimd } from './simd/best-module.ts';
export {
  hasSimpleRnnSequence,
  type SimpleRnnSequence,
  type SimpleRnnSequenceResult,
  simpleRnnSequence,
} from './simple-rnn-sequence.ts';
export { hasSoftmaxCrossEntropy, type SoftmaxTargets, softmaxCrossEntropyOf } from './softmax-cross-entropy.ts';
export { useThreads } from './use-threads.ts';
export { hasValuesHere, placeOf, valuesHere } from './values-here.ts';
