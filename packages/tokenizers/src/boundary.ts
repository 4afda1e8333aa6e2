import type { Json } from '@elman/core';
import { decodeAll, type Tokenizer } from './tokenizer.ts';

/** A tokenizer with a boundary in JSON. */
export type BoundaryVocabulary = { readonly type: 'boundary'; readonly tokenizer: Json };

/** A tokenizer with an additional token that never occurs in text: it marks the start and end of a sequence. */
export interface BoundaryTokenizer extends Tokenizer {
  /** The id of the boundary, the last one. */
  readonly boundary: number;
}

/**
 * The tokenizer with a boundary: the start and stop token of a decoder of complete sequences. `encode` adds none; `decode`
 * skips it.
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
