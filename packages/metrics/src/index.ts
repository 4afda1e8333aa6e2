export { type BleuOptions, type BleuScore, bleu, sentenceBleu } from './bleu.ts';
export { type ChrFOptions, type ChrFScore, chrF, sentenceChrF } from './chr-f.ts';
export { type Alignment, type Edit, type EditKind, editAlignment } from './edit-alignment.ts';
export { editDistance } from './edit-distance.ts';
export { characterErrorRate, type ErrorCounts, errorCounts, errorRate, wordErrorRate } from './error-rate.ts';
export { exactMatch } from './exact-match.ts';
export type { References } from './pairs.ts';
export { bitsPerCharacter, perplexity } from './perplexity.ts';
export type { Tokenization } from './tokenize.ts';
