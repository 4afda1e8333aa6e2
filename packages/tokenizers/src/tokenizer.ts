import type { Json } from '@elman/core';

/** Text to ids and back. Ids are whole numbers from 0 to vocabSize − 1. */
export interface Tokenizer {
  readonly name: string;
  readonly vocabSize: number;
  /** The id of the unknown token (`<unk>`), which stands for what the vocabulary lacks; absent where there is none. */
  readonly unknownId?: number | undefined;
  /** The ids of a text. What the vocabulary lacks becomes the unknown token or is left out; nothing throws. */
  encode(text: string): Int32Array;
  /**
   * The pieces of a text that the vocabulary lacks, in their order, as often as they occur: what `encode` writes as the
   * unknown token, leaves out, or replaces by something known.
   */
  unknowns(text: string): string[];
  /** The text of ids. Any number decodes: what is no id of this vocabulary gives U+FFFD (�). */
  decode(ids: Iterable<number>): string;
  /** A token as a person may read it: a character, a word, a piece, `<unk>`, `<0xE2>`. */
  token(id: number): string;
  /** Decodes a stream: the pushed pieces and the flush, joined, are what `decode` gives for all ids. */
  decoder(): StreamingDecoder;
  /** All that `tokenizerFromJSON` needs. Safe to write as UTF-8, lone surrogates included. */
  toJSON(): Json;
}

/** Turns ids into text as they come. Never gives half a character: bytes wait until their character is whole. */
export interface StreamingDecoder {
  /** The text that this id completes; often one character, sometimes none yet. */
  push(id: number): string;
  /** What still waits, at the end of the stream; the decoder can then begin anew. */
  flush(): string;
}

/** What stands for a token that does not exist, and for bytes that are no character. */
export const REPLACEMENT = '\uFFFD';

/** Pushes every id through a streaming decoder: the `decode` that goes with it. */
export function decodeAll(decoder: StreamingDecoder, ids: Iterable<number>): string {
  let text = '';
  for (const id of ids) text += decoder.push(id);
  return text + decoder.flush();
}
