import type { Task } from '@elman/core';
import { type StringOptions, stringTask } from './string-task.ts';

/**
 * A string, from its last symbol to its first.
 *
 *   inputs   0 1 1 _ _ _
 *   targets        1 1 0
 *
 * `length` is that of the string; `vocabSize` is 2 by default.
 *
 * Baseline: ln k nats, 1/k of k symbols.
 * @throws {OptionError} if there are fewer than two symbols.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (deterministic context-free)
 */
export function reverseString({ vocabSize = 2 }: StringOptions = {}): Task {
  return stringTask('reverseString', vocabSize, (string) => string.toReversed());
}
