import type { Task } from '@elman/core';
import { uniform } from '../score.ts';
import { formalTask, numerals, randomString } from './formal-task.ts';

/**
 * The symbol missing from a string that is given twice.
 *
 *   inputs   0 1 1 0 0 ? 1 0 _
 *   target                   1
 *
 * `length` is that of the two together, from 2 on; where it is odd, a `.` pads it. Any of their places may be missing.
 *
 * Baseline: ln 2 nats, ½.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function missingDuplicate(): Task {
  return formalTask({
    name: 'missingDuplicate',
    symbols: { inputs: [...numerals(2), '?', '.'], targets: numerals(2) },
    shortest: 2,
    row(rng, length) {
      const half = randomString(rng, Math.floor(length / 2), 2);
      const both = [...half, ...half];
      const missing = rng.integer(both.length);
      const filling = length % 2 === 0 ? [] : [FILLING];
      return { string: [...both.with(missing, MISSING), ...filling], answer: [both[missing] as number] };
    },
    baseline: () => uniform(2),
  });
}

const MISSING = 2;
const FILLING = 3;
