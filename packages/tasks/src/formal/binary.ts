import type { Rng, Score, Task } from '@elman/core';
import { formalTask } from './formal-task.ts';

/** Two binary numbers and their result, the lowest bit first. */
export function binaryTask(
  name: string,
  sign: string,
  operate: (a: bigint, b: bigint) => bigint,
  baseline: (length: number) => Score,
): Task {
  return formalTask({
    name,
    symbols: { inputs: ['0', '1', sign], targets: ['0', '1', 'end'] },
    shortest: 3,
    row(rng, length) {
      const { first, second, answer } = operation(rng, length, operate);
      return { string: [...first, SIGN, ...second], answer: [...answer, END], room: length };
    },
    baseline,
  });
}

const SIGN = 2;

/** The symbol that ends an answer. */
export const END = 2;

/** Bits of two random numbers that take length − 1 places together, split uniformly at random, and of their result. */
export function operation(
  rng: Rng,
  length: number,
  operate: (a: bigint, b: bigint) => bigint,
): { readonly first: number[]; readonly second: number[]; readonly answer: number[] } {
  const cut = 1 + rng.integer(length - 2);
  const [first, second] = [positive(rng, cut), positive(rng, length - 1 - cut)];
  const answer = bitsOf(operate(numberOf(first), numberOf(second)));
  return { first, second, answer };
}

/** Random bits, not all 0. */
export function positive(rng: Rng, length: number): number[] {
  for (;;) {
    const bits = Array.from({ length }, () => rng.integer(2));
    if (bits.includes(1)) return bits;
  }
}

/** The number with these bits, the lowest first. */
export function numberOf(bits: readonly number[]): bigint {
  return BigInt(`0b${bits.toReversed().join('')}`);
}

/** The bits of a number, the lowest first, without zeros at the high end. */
export function bitsOf(number: bigint): number[] {
  return [...number.toString(2)].reverse().map(Number);
}
