import type { Task } from '@elman/core';
import { type StringOptions, stringTask } from './string-task.ts';

/**
 * A string, twice.
 *
 *   inputs   0 1 1 _ _ _ _ _ _
 *   targets        0 1 1 0 1 1
 *
 * `length` is that of the string; `vocabSize` is 2 by default.
 *
 * Baseline: ln k nats, 1/k of k symbols.
 * @throws {OptionError} if there are fewer than two symbols.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function duplicateString({ vocabSize = 2 }: StringOptions = {}): Task {
  return stringTask('duplicateString', vocabSize, (string) => [...string, ...string]);
}
