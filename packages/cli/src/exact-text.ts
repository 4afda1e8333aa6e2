import { readFile } from 'node:fs/promises';
import { DataError } from '@elman/core';
import type { Tokenizer } from '@elman/tokenizers';
import { systemReason } from './errors.ts';
import { countCharacters } from './text.ts';
import { listed, unknownPieces } from './unknown.ts';

/** The longest string of V8, in bytes. */
const LARGEST = 2 ** 29 - 24;
/** A tokenizer that has every file. */
const ADVICE = 'train a model with --tokenizer bytes, which has every file';

/** A file as tokens that are all of it. */
export interface ExactText {
  readonly ids: Int32Array;
  /** The number of characters (Unicode code points); null where it is no text in UTF-8. */
  readonly characters: number | null;
}

/** The bytes of a file. @throws {DataError} if it cannot be read. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new DataError(`${path}: ${systemReason(error) ?? (error as Error).message}.`, { cause: error });
  }
}

/**
 * Bytes as tokens from which `bytesOf` gives the same bytes: a byte order mark is a character, and a tokenizer of bytes
 * needs no text.
 * @param name the file, for errors.
 * @throws {DataError} if the tokenizer has not all of it.
 */
export function encodeExactly(tokenizer: Tokenizer, bytes: Uint8Array, name: string): ExactText {
  const text = textOf(bytes);
  const characters = text === undefined ? null : countCharacters(text);
  if (tokenizer.name === 'bytes') return { ids: Int32Array.from(bytes), characters };
  if (text === undefined) {
    const what = bytes.length > LARGEST ? 'a text below 512 MB' : 'a text in UTF-8';
    throw new DataError(`${name}: expected ${what}, which a tokenizer of ${tokenizer.name} needs; ${ADVICE}.`);
  }
  const unknown = unknownPieces(tokenizer, text);
  if (unknown.length > 0) {
    throw new DataError(`${name}: the model does not know ${listed(unknown)}; ${ADVICE}, or on a text with these.`);
  }
  const ids = tokenizer.encode(text);
  if (tokenizer.decode(ids) !== text) {
    throw new DataError(`${name}: its tokens (${tokenizer.name}) do not give back the same text; ${ADVICE}.`);
  }
  return { ids, characters };
}

/** The bytes of which these are the tokens. */
export function bytesOf(tokenizer: Tokenizer, ids: Int32Array): Uint8Array {
  return tokenizer.name === 'bytes' ? Uint8Array.from(ids) : new TextEncoder().encode(tokenizer.decode(ids));
}

/** The text of bytes, if they are UTF-8; a byte order mark is kept. */
function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.length > LARGEST) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
