import type { Task } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { scoreByPlace } from '../score.ts';
import { formalTask, numerals } from './formal-task.ts';

/** Options of the expressions. */
export type ModularArithmeticOptions = {
  /** Numbers are the whole numbers below it; default 5. */
  readonly modulus?: number | undefined;
};

/**
 * The value of an expression modulo 5, products first.
 *
 *   inputs   1 + 2 * 3 - 4 _
 *   target                 3
 *
 * Numbers and operators (`+`, `-`, `*`) are uniformly random. `length` is that of the expression, which is odd: a row of
 * an even length is one symbol shorter.
 *
 * Baseline: exact, by the joint distribution of the sum before the last term and of that term, carried from operator to operator; its
 * marginal leans to 0, as products do, and is soon ln k nats and 1/k of a modulus k.
 * @throws {OptionError} if the modulus is less than 2.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (regular)
 */
export function modularArithmetic({ modulus = 5 }: ModularArithmeticOptions = {}): Task {
  const name = 'modularArithmetic';
  expectFrom(2, name, { modulus });
  return formalTask({
    name,
    options: { modulus },
    symbols: { inputs: [...numerals(modulus), ...OPERATORS], targets: numerals(modulus) },
    row(rng, length) {
      const string = [rng.integer(modulus)];
      let [sum, term] = [0, string[0] as number];
      while (string.length + 2 <= length) {
        const [operator, number] = [rng.integer(OPERATORS.length), rng.integer(modulus)];
        string.push(modulus + operator, number);
        [sum, term] = next(sum, term, operator, number, modulus);
      }
      return { string, answer: [(sum + term) % modulus] };
    },
    baseline: (length) => scoreByPlace([valueChances(Math.ceil(length / 2), modulus)]),
  });
}

const OPERATORS = ['+', '-', '*'] as const;

/** Joint distribution of the sum of complete terms and the open term, after one more operator and number. */
function next(sum: number, term: number, operator: number, number: number, modulus: number): [number, number] {
  if (OPERATORS[operator] === '*') return [sum, (term * number) % modulus];
  return [(sum + term) % modulus, OPERATORS[operator] === '+' ? number : (modulus - number) % modulus];
}

/** The probability of each value of an expression of this many numbers. */
function valueChances(numbers: number, modulus: number): number[] {
  // Index sum·modulus + term.
  let chances = Array.from({ length: modulus ** 2 }, (_, i) => (i < modulus ? 1 / modulus : 0));
  for (let count = 1; count < numbers; count++) {
    const after = chances.map(() => 0);
    for (const [i, chance] of chances.entries()) {
      for (let operator = 0; operator < OPERATORS.length; operator++) {
        for (let number = 0; number < modulus; number++) {
          const [sum, term] = next(Math.floor(i / modulus), i % modulus, operator, number, modulus);
          (after[sum * modulus + term] as number) += chance / (OPERATORS.length * modulus);
        }
      }
    }
    chances = after;
  }
  const values = Array<number>(modulus).fill(0);
  for (const [i, chance] of chances.entries()) {
    const [sum, term] = [Math.floor(i / modulus), i % modulus];
    (values[(sum + term) % modulus] as number) += chance;
  }
  return values;
}
