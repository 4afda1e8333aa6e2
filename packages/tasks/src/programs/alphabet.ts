import { DataError } from '@elman/core';
import type { Example } from '../example.ts';

/** Characters whose ids are their indices. */
export interface Alphabet {
  readonly symbols: readonly string[];
  /** @throws {DataError} if the text has a character that is none of the alphabet. */
  ids(text: string): number[];
}

/** The alphabet of these characters, in this order. */
export function alphabet(characters: string): Alphabet {
  const symbols = [...characters];
  const places = new Map(symbols.map((symbol, id) => [symbol, id]));
  return {
    symbols,
    ids: (text) =>
      [...text].map((character) => {
        const id = places.get(character);
        if (id !== undefined) return id;
        throw new DataError(`alphabet: expected characters of ${JSON.stringify(characters)}, got "${character}".`);
      }),
  };
}

/** The alphabet of programs and their output; the characters of answers come first. */
export const programAlphabet: Alphabet = alphabet('0123456789-.+*=<>():abcdefghijlnoprstx \n');

/**
 * A question that is read and an answer that is written, with its own characters as inputs (teacher forcing). Only the answer
 * counts.
 *
 *   inputs   1 + 2 = 1
 *   targets        1 2 .     the answer `12.` to `1+2=`
 */
export function questionAndAnswer({ ids }: Alphabet, question: string, answer: string): Example {
  const asked = ids(question);
  const answered = ids(answer);
  const before = Array<number>(asked.length - 1).fill(0);
  return {
    inputs: [...asked, ...answered.slice(0, -1)],
    targets: [...before, ...answered],
    mask: [...before, ...answered.map(() => 1)],
  };
}
