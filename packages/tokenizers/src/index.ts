export { type CharacterOptions, type CharacterVocabulary, characterTokenizer } from './characters.ts';
export { tokenizerFromJSON } from './json.ts';
export type { StreamingDecoder, Tokenizer } from './tokenizer.ts';
