import { Rng } from '@elman/core';
import { programAlphabet } from './alphabet.ts';

/** As many letters and digits as programs have characters, without the newline. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789ABC';

/**
 * A program or its answer under a substitution of characters, to show what a net has to learn from: the same substitution
 * everywhere, newlines unchanged.
 *
 *   print((j+7567))   1d3ak99ypv46vuu     by the seed 1
 *
 * @throws {DataError} if the text has a character that programs do not have.
 * @see Zaremba & Sutskever 2014, figure 2
 */
export function scramble(text: string, seed: number | string): string {
  const order = Rng.seeded(seed).permutation(LETTERS.length);
  const newline = LETTERS.length;
  return programAlphabet
    .ids(text)
    .map((id) => (id === newline ? '\n' : LETTERS[order[id] as number]))
    .join('');
}
