export { CONSTANT_BYTES, placeConstants } from './activations';
export { backwardGru, forwardGru, putCandidates } from './gru';
export { backwardLstm, forwardLstm } from './lstm';
export { matMul, matMulScratch } from './mat-mul';
export { gather, spread } from './pack';
export { kernelGradient, multiply } from './product';
export { backwardSimpleRnn, forwardSimpleRnn } from './simple-rnn';
export { columnSums } from './sums';
export { packKernel, packTransposedKernel } from './weights';
