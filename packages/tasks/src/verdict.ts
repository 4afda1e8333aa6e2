import { OptionError, type Score, type Task } from '@elman/core';

/** Of several seeds: how many solved the task, and whether that is enough. */
export interface Verdict {
  readonly solved: number;
  readonly seeds: number;
  readonly holds: boolean;
  /** `2 of 3 seeds: accuracy at least 0.99` */
  readonly text: string;
}

/**
 * The verdict over the scores of as many seeds: the task is solved if at least `wanted` of them hold by its rule.
 * @throws {OptionError} if there are fewer scores than are wanted.
 */
export function verdict(task: Pick<Task, 'name' | 'solved'>, scores: readonly Score[], wanted = 1): Verdict {
  if (!(wanted >= 1 && wanted <= scores.length)) {
    throw new OptionError(`${task.name}: verdict: expected 1 to ${scores.length} seeds to be wanted, got ${wanted}.`);
  }
  const solved = scores.filter((score) => task.solved.holds(score)).length;
  const text = `${solved} of ${scores.length} seeds: ${task.solved.rule}`;
  return { solved, seeds: scores.length, holds: solved >= wanted, text };
}
