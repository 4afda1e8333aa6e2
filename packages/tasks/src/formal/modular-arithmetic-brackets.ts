import type { Task } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { scoreByPlace } from '../score.ts';
import { bracketed, type Operator, valueChances } from './brackets.ts';
import { formalTask, numerals } from './formal-task.ts';
import type { ModularArithmeticOptions } from './modular-arithmetic.ts';

/**
 * The value of an expression with brackets, modulo 5.
 *
 *   inputs   ( ( 2 - 4 ) * ( - 1 ) ) _
 *   target                           2
 *
 * An expression is `(left operator right)`, where the rest of its length is cut between left and right anywhere, and `n`, `-n`, `(n)` or
 * `(-n)` where it is 1 to 4 long. Numbers and operators (`+`, `-`, `*`) are uniformly random. `length` is that of the
 * expression, any number.
 *
 * Baseline: exact, by the distributions of the values of all shorter expressions (the work of a length grows with its square); it leans
 * to 0, as products do: at length 40 the score is 1.59 nats (ln 5 is 1.61), 0.29.
 * @throws {OptionError} if the modulus is less than 2.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (deterministic context-free)
 */
export function modularArithmeticBrackets({ modulus = 5 }: ModularArithmeticOptions = {}): Task {
  const name = 'modularArithmeticBrackets';
  expectFrom(2, name, { modulus });
  const inputs = [...numerals(modulus), ...OPERATORS, '(', ')'];
  const known: number[][] = [];
  return formalTask({
    name,
    options: { modulus },
    symbols: { inputs, targets: numerals(modulus) },
    row(rng, length) {
      const { symbols, value } = bracketed(rng, length, modulus, OPERATORS);
      return { string: symbols.map((symbol) => inputs.indexOf(symbol)), answer: [value] };
    },
    baseline: (length) => scoreByPlace([valueChances(length, modulus, OPERATORS, known)]),
  });
}

const OPERATORS: readonly Operator[] = ['+', '-', '*'];
