import type { Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { numbers } from '../scoring.ts';
import { onlyLast } from './only-last.ts';

/**
 * The sum of the two numbers that are marked.
 *
 *   inputs   .5 0   .7 1   .3 0   .1 0   .2 1   .8 0
 *   target                                        .9     at the last frame alone
 *
 * Each frame is a number from [0, 1) and a marker, 1 at two random places and 0 elsewhere. `length` is the number of frames.
 *
 * Baseline: the constant prediction of the mean, 1: a squared error of 2·1/12 = 1/6; right to within 0.04 is 0.04·2 − 0.04².
 * @see Hochreiter & Schmidhuber 1997, experiment 4, without its bounds; as here: Bai, Kolter & Koltun 2018
 */
export function adding(): Task {
  const name = 'adding';
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [] },
    inputSize: 2,
    outputSize: 1,
    easiest: { length: 2 },
    scoring: numbers(TOLERANCE),
    solved: { rule: 'squared error below 0.001', holds: ({ loss }) => loss < 0.001 },
    example(rng, { length }) {
      const values = Array.from({ length }, () => rng.uniform());
      const first = rng.integer(length);
      const other = rng.integer(length - 1);
      const second = other < first ? other : other + 1;
      const sum = (values[first] as number) + (values[second] as number);
      return {
        inputs: values.map((value, t) => [value, t === first || t === second ? 1 : 0]),
        targets: values.map((_, t) => [t === length - 1 ? sum : 0]),
        mask: onlyLast(length),
      };
    },
    baseline: () => ({ loss: 1 / 6, accuracy: 2 * TOLERANCE - TOLERANCE ** 2 }),
  });
}

const TOLERANCE = 0.04;
