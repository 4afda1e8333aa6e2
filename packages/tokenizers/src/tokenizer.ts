import type { Json } from '@elman/core';

/** Text to ids and back. Ids are whole numbers from 0 to vocabSize − 1. */
export interface Tokenizer {
  readonly name: string;
  readonly vocabSize: number;
  /** The id of the unknown token (`<unk>`), for text that is not in the vocabulary; absent if there is none. */
  readonly unknownId?: number | undefined;
  /** The ids of a text. Unknown pieces become the unknown token or are left out; never throws. */
  encode(text: string): Int32Array;
  /**
   * The pieces of a text that are not in the vocabulary, in order, with repetitions: those that `encode` writes as the
   * unknown token, leaves out, or replaces.
   */
  unknowns(text: string): string[];
  /** The text of ids. Any number decodes: one that is not an id of this vocabulary becomes U+FFFD (�). */
  decode(ids: Iterable<number>): string;
  /** A token in readable form: a character, a word, a piece, `<unk>`, `<0xE2>`. */
  token(id: number): string;
  /** Decodes a stream: the pushed pieces and the flush concatenate to the result of `decode` for all ids. */
  decoder(): StreamingDecoder;
  /** The argument of `tokenizerFromJSON`. Safe to write as UTF-8, lone surrogates included. */
  toJSON(): Json;
}

/** A streaming decoder. Never returns part of a character: bytes are buffered until their character is complete. */
export interface StreamingDecoder {
  /** The text that this id completes; often one character, sometimes none yet. */
  push(id: number): string;
  /** The rest of the buffer, at the end of the stream; the decoder can then be reused. */
  flush(): string;
}

/** The text of ids that do not exist, and of bytes that are not a character. */
export const REPLACEMENT = '\uFFFD';

/** Pushes every id through a streaming decoder: the corresponding `decode`. */
export function decodeAll(decoder: StreamingDecoder, ids: Iterable<number>): string {
  let text = '';
  for (const id of ids) text += decoder.push(id);
  return text + decoder.flush();
}
