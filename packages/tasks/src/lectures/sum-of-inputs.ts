import type { Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { numbers } from '../scoring.ts';
import { INPUT_VARIANCE, realInput } from './real-input.ts';

/**
 * The sum of the inputs so far.
 *
 *   inputs   .50  −.25   1.00   .75
 *   targets  .50   .25   1.25  2.00
 *
 * Inputs are from −1 to 1, in steps of 1/1024, so that float32 rounds no sum. `length` is the number of inputs.
 *
 * Baseline: the constant prediction 0: each has the variance v = (1 + 1/1024)/3, the sum of t of them v·t, which makes a squared error of
 * v·(length + 1)/2; right to within 0.04 is, as if sums were normal, the mean of 0.08/√(2π·v·t).
 * @see Grosse, CSC321 lecture 15
 */
export function sumOfInputs(): Task {
  const name = 'sumOfInputs';
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [] },
    inputSize: 1,
    outputSize: 1,
    easiest: { length: 1 },
    scoring: numbers(TOLERANCE),
    solved: { rule: 'squared error below 0.001', holds: ({ loss }) => loss < 0.001 },
    example(rng, { length }) {
      const inputs = Array.from({ length }, () => [realInput(rng)]);
      let sum = 0;
      const targets = inputs.map(([input = 0]) => {
        sum += input;
        return [sum];
      });
      return { inputs, targets };
    },
    baseline({ length }) {
      let near = 0;
      for (let t = 1; t <= length; t++) near += (2 * TOLERANCE) / Math.sqrt(2 * Math.PI * INPUT_VARIANCE * t);
      return { loss: (INPUT_VARIANCE * (length + 1)) / 2, accuracy: near / length };
    },
  });
}

const TOLERANCE = 0.04;
