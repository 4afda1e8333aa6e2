import type { Json } from '@elman/core';
import { decodeAll, type Tokenizer } from './tokenizer.ts';

/** A tokenizer with a boundary in JSON. */
export type BoundaryVocabulary = { readonly type: 'boundary'; readonly tokenizer: Json };

/** A tokenizer with one more token, which no text holds: it stands before a sequence and after it. */
export interface BoundaryTokenizer extends Tokenizer {
  /** The id of the boundary, the last one. */
  readonly boundary: number;
}

/**
 * The tokenizer with a boundary: what a decoder that writes whole sequences starts from, and stops at. `encode` adds none; `decode`
 * passes over those there are.
 */
export function withBoundary(tokenizer: Tokenizer): BoundaryTokenizer {
  const boundary = tokenizer.vocabSize;
  return {
    name: tokenizer.name,
    vocabSize: boundary + 1,
    boundary,
    unknownId: tokenizer.unknownId,
    encode: (text) => tokenizer.encode(text),
    unknowns: (text) => tokenizer.unknowns(text),
    decode(ids) {
      return decodeAll(this.decoder(), ids);
    },
    token: (id) => (id === boundary ? '<boundary>' : tokenizer.token(id)),
    decoder() {
      const inner = tokenizer.decoder();
      return { push: (id) => (id === boundary ? '' : inner.push(id)), flush: () => inner.flush() };
    },
    toJSON: (): BoundaryVocabulary => ({ type: 'boundary', tokenizer: tokenizer.toJSON() }),
  };
}
