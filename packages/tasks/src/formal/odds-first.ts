import type { Task } from '@elman/core';
import { type StringOptions, stringTask } from './string-task.ts';

/**
 * The first, third, fifth … symbol of a string, and then the second, fourth, sixth …
 *
 *   inputs   0 0 0 1 0 1 _ _ _ _ _ _
 *   targets              0 0 0 0 1 1
 *
 * `length` is that of the string; `vocabSize` is 2 by default. (The paper says so; its code counts from 0, so that the second
 * symbol comes first.)
 *
 * Baseline: ln k nats, 1/k of k symbols.
 * @throws {OptionError} if there are fewer than two symbols.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function oddsFirst({ vocabSize = 2 }: StringOptions = {}): Task {
  return stringTask('oddsFirst', vocabSize, (string) =>
    [0, 1].flatMap((odd) => string.filter((_, i) => i % 2 === odd)),
  );
}
