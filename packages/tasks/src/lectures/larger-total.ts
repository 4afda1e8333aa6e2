import type { Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { bits } from '../scoring.ts';
import { realInput } from './real-input.ts';

/**
 * Whether the total of the first input is larger, so far, than that of the second.
 *
 *   inputs    .50 −.25   −.75  .00   1.00 −.50
 *   totals    .50 −.25   −.25 −.25    .75 −.75
 *   targets       1          0            1
 *
 * Inputs are from −1 to 1, in steps of 1/1024, so that float32 rounds no total. `length` is the number of frames.
 *
 * Baseline: neither input is preferred: ln 2 nats, ½. (Totals are equal, which is a 0, in one of 2,000 first frames, later in fewer.)
 * @see Grosse, CSC321 lecture 15
 */
export function largerTotal(): Task {
  const name = 'largerTotal';
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [] },
    inputSize: 2,
    outputSize: 1,
    easiest: { length: 1 },
    scoring: bits,
    example(rng, { length }) {
      const inputs = Array.from({ length }, () => [realInput(rng), realInput(rng)]);
      let lead = 0;
      const targets = inputs.map(([first = 0, second = 0]) => {
        lead += first - second;
        return [lead > 0 ? 1 : 0];
      });
      return { inputs, targets };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}
