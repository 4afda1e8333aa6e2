import type { Task } from '@elman/core';
import { scoreByPlace } from '../score.ts';
import { bitsOf, numberOf, positive } from './binary.ts';
import { formalTask, numerals } from './formal-task.ts';

/**
 * The square root of a binary number, rounded down, both with the highest bit first.
 *
 *   inputs   1 0 0 1 0 1 _ _ _
 *   targets              1 1 0     √37 = 6.08
 *
 * `length` is the number of bits, not all of them 0; the root has half as many (rounded up), with zeros at its high end where it is small.
 *
 * Baseline: exact. The root of 2r + 1 numbers is r, so that of 2²ʰ numbers the root has a 1 at the bit worth 2ʲ for ½ +
 * 2ʲ⁻ʰ⁻¹ of them: from ¾ at the highest bit to ½ at the lowest. Of an odd length they are counted up to the largest
 * number.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function computeSqrt(): Task {
  return formalTask({
    name: 'computeSqrt',
    symbols: { inputs: numerals(2), targets: numerals(2) },
    row(rng, length) {
      const string = positive(rng, length);
      const bits = bitsOf(squareRoot(numberOf(string.toReversed())));
      const room = Math.ceil(length / 2);
      return { string, answer: Array.from({ length: room }, (_, place) => bits[room - 1 - place] ?? 0) };
    },
    baseline: (length) => scoreByPlace(rootChances(length)),
  });
}

/** The largest whole number whose square is not more, by Newton's method from above. */
function squareRoot(number: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(number.toString(2).length / 2));
  for (;;) {
    const next = (root + number / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** The probability of 0 and 1 at each place of a root. */
function rootChances(length: number): number[][] {
  const numbers = 1n << BigInt(length);
  const room = Math.ceil(length / 2);
  return Array.from({ length: room }, (_, place) => {
    const ones = rootsWith(1n << BigInt(room - 1 - place), numbers);
    const one = Number((ones << 60n) / (numbers - 1n)) / 2 ** 60;
    return [1 - one, one];
  });
}

/** How many of the numbers below `end` have a root with the bit of this worth: those from (q·bit)² to ((q + 1)·bit)², q odd. */
function rootsWith(bit: bigint, end: bigint): bigint {
  const roots = squareRoot(end - 1n) + 1n;
  const whole = roots / (2n * bit);
  // Σ (q + 1)² − q² = Σ 2q + 1 over the first odd q.
  const below = bit * bit * (2n * whole * whole + whole);
  const tooMany = 2n * whole * bit === roots ? roots * roots - end : 0n;
  const last = (2n * whole + 1n) * bit;
  return below - tooMany + (last < roots ? end - last * last : 0n);
}
