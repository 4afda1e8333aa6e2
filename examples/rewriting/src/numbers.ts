import type { Rng } from '@elman/core';
import { isHeldOut, type Part, type Rewriting } from './rewriting.ts';

const SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen ' +
  'eighteen nineteen'
).split(' ');
const TENS = '- - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** 342817 → three hundred forty-two thousand eight hundred seventeen. From 0 to 999,999. */
export function inWords(n: number): string {
  if (n < 20) return SMALL[n] as string;
  if (n < 100) return `${TENS[Math.floor(n / 10)]}${n % 10 === 0 ? '' : `-${SMALL[n % 10]}`}`;
  const [size, name] = n < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  const rest = n % size;
  return `${inWords(Math.floor(n / size))} ${name}${rest === 0 ? '' : ` ${inWords(rest)}`}`;
}

const MOST_DIGITS = 6;
const DIGITS = '0123456789';
const LETTERS = [...new Set(['-', ' ', ...SMALL, ...TENS, 'hundred', 'thousand'].join(''))].sort().join('');

/** Least digits of held-out numbers: shorter ones are too few to hold out one of ten. */
const LEAST_DIGITS = 3;

/** A random number with a uniformly random count of digits. */
function draw(rng: Rng, part: Part): number {
  const fewest = part === 'train' ? 1 : LEAST_DIGITS;
  for (;;) {
    const digits = fewest + rng.integer(MOST_DIGITS - fewest + 1);
    const least = digits === 1 ? 0 : 10 ** (digits - 1);
    const n = least + rng.integer(10 ** digits - least);
    const isNew = digits >= LEAST_DIGITS && isHeldOut(n);
    if (isNew === (part !== 'train')) return n;
  }
}

/** Digits to English words. */
export const words: Rewriting = {
  name: 'words',
  alphabets: { source: DIGITS, target: LETTERS },
  parts: ['new'],
  draw(rng, part) {
    const n = draw(rng, part);
    return { source: `${n}`, target: inWords(n) };
  },
};

/** English words to digits. */
export const numbers: Rewriting = {
  name: 'numbers',
  alphabets: { source: LETTERS, target: DIGITS },
  parts: ['new'],
  draw(rng, part) {
    const n = draw(rng, part);
    return { source: inWords(n), target: `${n}` };
  },
};
