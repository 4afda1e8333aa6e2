import type { Task } from '@elman/core';
import { uniform } from '../score.ts';
import { formalTask, numerals, randomString } from './formal-task.ts';

/**
 * Whether the number of adjacent pairs that differ is even.
 *
 *   inputs   0 0 1 1 1 0 _
 *   target               even     one 01 and one 10
 *
 * Equivalently, whether the first bit equals the last. `length` is the number of bits.
 *
 * Baseline: ln 2 nats, ½; a single bit has no neighbours, and 0 is even.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (regular)
 */
export function evenPairs(): Task {
  return formalTask({
    name: 'evenPairs',
    symbols: { inputs: numerals(2), targets: ['even', 'odd'] },
    row(rng, length) {
      const string = randomString(rng, length, 2);
      const unlike = string.filter((bit, i) => i > 0 && bit !== string[i - 1]);
      return { string, answer: [unlike.length % 2] };
    },
    baseline: (length) => uniform(length === 1 ? 1 : 2),
  });
}
