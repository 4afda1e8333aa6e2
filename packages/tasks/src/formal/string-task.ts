import type { Score, Task } from '@elman/core';
import { expectFrom } from '../expect-from.ts';
import { uniform } from '../score.ts';
import { formalTask, numerals, randomString } from './formal-task.ts';

/** What strings are made of. */
export type StringOptions = {
  /** How many symbols there are, each as likely as another. */
  readonly vocabSize?: number | undefined;
};

/** A task that asks for the symbols of a random string once more, in another order. Default baseline: each answer as likely as another. */
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
