import { OptionError, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { drawOf, expectPart, type Part } from '../parts.ts';
import { ids } from '../scoring.ts';
import { alphabet, questionAndAnswer } from './alphabet.ts';

/** How digits are presented, and from which part they come. */
export type MemorizationOptions = {
  /** From the last to the first; default false. */
  readonly reversed?: boolean | undefined;
  /** Twice, with a semicolon between; default false. */
  readonly doubled?: boolean | undefined;
  /** Only digits of this part, by their hash modulo 3; default: all. See also `task.part(name)`. */
  readonly part?: Part | undefined;
};

/**
 * Digits to be repeated.
 *
 *   inputs    123.123         reversed 321.123   doubled 123;123.123   both 321;321.123
 *   targets      123.
 *
 * The dot ends the digits, and the answer too. Rows are the question and then the answer but its last character;
 * the targets that count are the answer's (teacher forcing: its character before is an input). `length` is the number of digits.
 *
 * Baseline: each digit is one of ten, the place of the dot is known: ln 10·length/(length + 1) nats, (length/10 + 1)/(length + 1) right.
 * @throws {OptionError} if an option is none of these.
 * @see Zaremba & Sutskever 2014, Learning to execute, section 3.1; reversal: Sutskever, Vinyals & Le 2014
 */
export function memorization({ reversed = false, doubled = false, part }: MemorizationOptions = {}): Task {
  const name = 'memorization';
  for (const [option, value] of Object.entries({ reversed, doubled })) {
    if (typeof value !== 'boolean') throw new OptionError(`${name}: ${option}: expected true or false, got ${value}.`);
  }
  expectPart(name, part);
  const { symbols } = characters;
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ reversed, doubled, ...(part && { part }) }] },
    inputSize: symbols.length,
    outputSize: symbols.length,
    easiest: { length: 1 },
    symbols: { inputs: symbols, targets: symbols },
    isGenerative: true,
    scoring: ids,
    example(rng, { length }) {
      const draw = () => Array.from({ length }, () => rng.integer(10));
      const digits = drawOf(part, draw, (drawn) => drawn.join(''));
      const shown = (reversed ? digits.toReversed() : digits).join('');
      return questionAndAnswer(characters, doubled ? `${shown};${shown}.` : `${shown}.`, `${digits.join('')}.`);
    },
    baseline: ({ length }) => ({
      loss: (Math.LN10 * length) / (length + 1),
      accuracy: (length / 10 + 1) / (length + 1),
    }),
    part: (other) => memorization({ reversed, doubled, part: other }),
  });
}

const characters = alphabet('0123456789.;');
