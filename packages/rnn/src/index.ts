export { projectSequence, scanFrames, type UnrollOptions, unroll } from './unroll.ts';
