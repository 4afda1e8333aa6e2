import { DataError, type Json, shown } from '@elman/core';
import { type BoundaryVocabulary, withBoundary } from './boundary.ts';
import { type BpeVocabulary, bpeTokenizer } from './bpe.ts';
import { byteTokenizer } from './bytes.ts';
import { type CharacterVocabulary, characterTokenizer } from './characters.ts';
import { readVocabulary } from './read-vocabulary.ts';
import type { Tokenizer } from './tokenizer.ts';
import { type WordLevelVocabulary, wordLevelTokenizer } from './word-level.ts';
import { type WordVocabulary, wordTokenizer } from './words.ts';

const makers: { readonly [type: string]: (json: never) => Tokenizer } = {
  characters: (json: CharacterVocabulary) => characterTokenizer.fromVocabulary(json),
  bytes: byteTokenizer,
  words: (json: WordVocabulary) => wordTokenizer.fromVocabulary(json),
  'word-level': (json: WordLevelVocabulary) => wordLevelTokenizer.fromVocabulary(json),
  bpe: (json: BpeVocabulary) => bpeTokenizer.fromJson(json.tokenizer),
  boundary: (json: BoundaryVocabulary) => withBoundary(made(json.tokenizer)),
};

/**
 * The tokenizer from its `toJSON`.
 * @throws {DataError} if the JSON is not of a tokenizer of this package.
 */
export function tokenizerFromJSON(json: Json): Tokenizer {
  return readVocabulary('tokenizers', json, () => made(json));
}

function made(json: Json): Tokenizer {
  const type = (json as { type?: unknown } | null)?.type;
  const make = typeof type === 'string' && Object.hasOwn(makers, type) ? makers[type] : undefined;
  if (make === undefined) {
    const known = Object.keys(makers).join(', ');
    throw new DataError(
      `tokenizers: type: expected one of ${known}, got ${type === undefined ? 'none' : shown(type)}.`,
    );
  }
  return make(json as never);
}
