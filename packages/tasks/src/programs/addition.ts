import { OptionError, type Rng, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { drawOf, expectPart, type Part } from '../parts.ts';
import { ids } from '../scoring.ts';
import { programAlphabet, questionAndAnswer } from './alphabet.ts';

/** How the numbers are presented, and from which part they come. */
export type AdditionOptions = {
  /** Whether the question is reversed, digit by digit; default false. */
  readonly reversed?: boolean | undefined;
  /** Only sums of this part, by their hash modulo 3; default: all. See also `task.part(name)`. */
  readonly part?: Part | undefined;
};

/**
 * The sum of two numbers with equally many digits, in decimal.
 *
 *   print(398+745)      is read, with the newline after it; reversed print(547+893)
 *   1143.               is written, and ends in a dot
 *
 * Characters are those of `learningToExecute`. Rows are the question and then the answer but its last character; the targets that
 * count are the answer's (teacher forcing: its character before is an input). `length` is the number of digits of each number, the
 * first of them not 0. Sums are exact at any length.
 *
 * Baseline: predicts from the distribution of sums, given the answer so far. With n = 9·10^(length−1) numbers of this length, a sum has
 * ln n + ½ nats (to within ln n/n²) in length + 1 + p characters, where p = (49 − 4·10^(1−length))/81 is the chance of a carry, which makes
 * it longer. Right are the dot, a first digit of 1, which follows from a carry, and of the other digits one in ten (a little more
 * of the second, which leans to 0).
 * @throws {OptionError} if an option is none of these.
 * @see Zaremba & Sutskever 2014, Learning to execute, the addition task
 */
export function addition({ reversed = false, part }: AdditionOptions = {}): Task {
  const name = 'addition';
  if (typeof reversed !== 'boolean') {
    throw new OptionError(`${name}: reversed: expected true or false, got ${reversed}.`);
  }
  expectPart(name, part);
  const { symbols } = programAlphabet;
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ reversed, ...(part && { part }) }] },
    inputSize: symbols.length,
    outputSize: symbols.length,
    easiest: { length: 1 },
    symbols: { inputs: symbols, targets: symbols },
    isGenerative: true,
    scoring: ids,
    example(rng, { length }) {
      const draw = (): [string, string] => [numberOf(rng, length), numberOf(rng, length)];
      const [a, b] = drawOf(part, draw, (drawn) => drawn.join('+'));
      const shown = reversed ? [...`${a}+${b}`].reverse().join('') : `${a}+${b}`;
      return questionAndAnswer(programAlphabet, `print(${shown})\n`, `${BigInt(a) + BigInt(b)}.`);
    },
    baseline({ length }) {
      const carry = (49 - 4 * 10 ** (1 - length)) / 81;
      const characters = length + 1 + carry;
      return {
        loss: (Math.log(9) + (length - 1) * Math.LN10 + 0.5) / characters,
        accuracy: (1 + carry + (length - 1 + carry) / 10) / characters,
      };
    },
    part: (other) => addition({ reversed, part: other }),
  });
}

/** `length` digits, the first of them not 0. */
function numberOf(rng: Rng, length: number): string {
  return Array.from({ length }, (_, place) => (place === 0 ? 1 + rng.integer(9) : rng.integer(10))).join('');
}
