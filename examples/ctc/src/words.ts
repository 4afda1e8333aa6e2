import type { Rng } from '@elman/core';

/** Class 0 is the blank; the letters follow. */
export const CLASSES = 27;
export const BLANK = 0;

/** The labels of a word, and back. */
export const labelsOf = (word: string): number[] => Array.from(word, (letter) => letter.charCodeAt(0) - 96);
export const wordOf = (labels: readonly number[]): string =>
  labels.map((label) => String.fromCharCode(96 + label)).join('');

const ONSETS = 'b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sh sl sp st str t th tr v w z'.split(
  ' ',
);
const VOWELS = 'a a a e e e i i o o u ai ea ee oo ou'.split(' ');
const CODAS = ['', '', '', '', ...'b ck d g ll m n n nd ng nt p r r rd s ss st t t th x y'.split(' ')];

/** Distinct pseudo-words of one to three syllables. */
export function makeWords(count: number, rng: Rng): string[] {
  const words = new Set<string>();
  const one = (of: readonly string[]): string => of[rng.integer(of.length)] as string;
  while (words.size < count) {
    const syllables = 1 + rng.integer(3);
    words.add(Array.from({ length: syllables }, () => one(ONSETS) + one(VOWELS) + one(CODAS)).join(''));
  }
  return [...words];
}
