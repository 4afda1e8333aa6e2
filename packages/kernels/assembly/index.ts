export { backwardGru, forwardGru } from './gru';
export { backwardLstm, forwardLstm } from './lstm';
export { gather, spread } from './pack';
export { backwardSimpleRnn, forwardSimpleRnn } from './simple-rnn';

/** The first byte that is not the module's own: constants lie before. */
export const free: usize = __heap_base;
