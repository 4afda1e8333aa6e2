import type { Score, Task } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { uniform } from '../score.ts';
import { formalTask, numerals, randomString } from './formal-task.ts';

/** Options of the strings. */
export type StringOptions = {
  /** Number of symbols, all equally likely. */
  readonly vocabSize?: number | undefined;
};

/** A task whose answer is the symbols of a random string in another order. Default baseline: all answers equally likely. */
export function stringTask(
  name: string,
  vocabSize: number,
  answer: (string: readonly number[]) => number[],
  baseline: (length: number) => Score = () => uniform(vocabSize),
): Task {
  expectFrom(2, name, { vocabSize });
  const symbols = numerals(vocabSize);
  return formalTask({
    name,
    options: { vocabSize },
    symbols: { inputs: symbols, targets: symbols },
    row(rng, length) {
      const string = randomString(rng, length, vocabSize);
      return { string, answer: answer(string) };
    },
    baseline,
  });
}
