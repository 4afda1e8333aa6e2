import type { Task } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { uniform } from '../score.ts';
import { bracketed, type Operator } from './brackets.ts';
import { formalTask, numerals } from './formal-task.ts';
import type { ModularArithmeticOptions } from './modular-arithmetic.ts';

/**
 * The value of x, modulo 5.
 *
 *   inputs   ( ( x - 4 ) + ( - 1 ) ) = 2 _
 *   target                               2
 *
 * The left is an expression like those of `modularArithmeticBrackets` without products, so that there is one solution; x is put
 * in the place of one of its numbers, uniformly at random. `length` is that of the equation, from 3 on.
 *
 * Baseline: ln k nats, 1/k for a modulus k.
 * @throws {OptionError} if the modulus is less than 2.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (deterministic context-free)
 */
export function solveEquation({ modulus = 5 }: ModularArithmeticOptions = {}): Task {
  const name = 'solveEquation';
  expectFrom(2, name, { modulus });
  const targets = numerals(modulus);
  const inputs = [...targets, ...OPERATORS, '(', ')', 'x', '='];
  return formalTask({
    name,
    options: { modulus },
    symbols: { inputs, targets },
    shortest: 3,
    row(rng, length) {
      const { symbols, value } = bracketed(rng, length - 2, modulus, OPERATORS);
      const ids = symbols.map((symbol) => inputs.indexOf(symbol));
      const numbers = [...ids.keys()].filter((place) => (ids[place] as number) < modulus);
      const unknown = numbers[rng.integer(numbers.length)] as number;
      const string = [...ids.with(unknown, inputs.indexOf('x')), inputs.indexOf('='), value];
      return { string, answer: [ids[unknown] as number] };
    },
    baseline: () => uniform(modulus),
  });
}

const OPERATORS: readonly Operator[] = ['+', '-'];
