export type { BlockParams, BlockState } from './block.ts';
export type { CausalCell } from './causal-cell.ts';
export { type CausalConvolutionOptions, causalConvolution } from './causal-convolution.ts';
export type { ConvolutionParams } from './convolution.ts';
export { factories } from './factories.ts';
export type { Earlier } from './run.ts';
export { type TcnOptions, tcn } from './tcn.ts';
export { type TemporalBlockOptions, temporalBlock } from './temporal-block.ts';
