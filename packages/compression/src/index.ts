export { compress, decompress } from './compress.ts';
export type { CompressionOptions, CompressionProgress } from './options.ts';
export { type RangeDecoder, type RangeEncoder, rangeDecoder, rangeEncoder } from './range-coder.ts';
