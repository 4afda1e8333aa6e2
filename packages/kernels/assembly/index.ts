export { CONSTANT_BYTES, placeConstants } from './activations';
export { backwardGru, forwardGru, putCandidates } from './gru';
export { backwardLstm, forwardLstm } from './lstm';
export { adam, addScaled, scale, sumOfSquares } from './optimizer';
export { gather, spread } from './pack';
export { columnDots, columnSums, kernelGradient, multiply } from './product';
export { backwardResetBeforeGru, forwardResetBeforeGru } from './reset-before-gru';
export { backwardSimpleRnn, forwardSimpleRnn } from './simple-rnn';
export { packKernel, packTransposedKernel } from './weights';
