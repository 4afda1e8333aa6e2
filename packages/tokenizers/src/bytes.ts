import type { Json } from '@elman/core';
import type { Tokenizer } from './tokenizer.ts';
import { byteToken, utf8Stream } from './utf8.ts';

/**
 * One token per byte of UTF-8: 256 ids for every text, and nothing is unknown.
 *
 * `decode(encode(text))` is `text.toWellFormed()`: UTF-8 has no lone surrogates. Invalid UTF-8, and ids that are
 * not bytes, decode to U+FFFD.
 */
export function byteTokenizer(): Tokenizer {
  return {
    name: 'bytes',
    vocabSize: 256,
    encode: (text) => new Int32Array(new TextEncoder().encode(text)),
    unknowns: () => [],
    decode(ids) {
      const stream = utf8Stream();
      return stream.push(Uint8Array.from(ids, byteOf)) + stream.flush();
    },
    token(id) {
      if (id > 0x20 && id < 0x7f && Number.isInteger(id)) return String.fromCharCode(id);
      return byteToken(byteOf(id));
    },
    decoder() {
      const stream = utf8Stream();
      return { push: (id) => stream.push(Uint8Array.of(byteOf(id))), flush: stream.flush };
    },
    toJSON: (): Json => ({ type: 'bytes' }),
  };
}

/** Ids that are not bytes become 0xFF, which is invalid in UTF-8 and decodes to U+FFFD. */
function byteOf(id: number): number {
  return Number.isInteger(id) && id >= 0 && id < 256 ? id : 0xff;
}
