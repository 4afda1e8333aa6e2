export type { BatchSource, TokenWindow } from './source.ts';
export { type Sliceable, type Split, type SplitOptions, split } from './split.ts';
export { type TokenStreamOptions, tokenStream } from './token-stream.ts';
