export { type BoundaryTokenizer, type BoundaryVocabulary, withBoundary } from './boundary.ts';
export { type BpeVocabulary, bpeTokenizer } from './bpe.ts';
export { byteTokenizer } from './bytes.ts';
export { type CharacterOptions, type CharacterVocabulary, characterTokenizer } from './characters.ts';
export { tokenizerFromJSON } from './json.ts';
export type { StreamingDecoder, Tokenizer } from './tokenizer.ts';
export { type TrainBpeOptions, trainBpe } from './train-bpe.ts';
export type { WordOptions } from './word-counts.ts';
export {
  type WordLevelOptions,
  type WordLevelTokenizer,
  type WordLevelVocabulary,
  wordLevelTokenizer,
} from './word-level.ts';
export { type WordVocabulary, wordTokenizer } from './words.ts';
