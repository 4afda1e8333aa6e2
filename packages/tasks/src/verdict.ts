import { OptionError, type Score, type Task } from '@elman/core';

/** The number of seeds that solved the task, and whether it is enough. */
export interface Verdict {
  readonly solved: number;
  readonly seeds: number;
  readonly holds: boolean;
  /** `2 of 3 seeds: accuracy at least 0.99` */
  readonly text: string;
}

/**
 * The verdict over the scores of several seeds: the task is solved if at least `wanted` of them meet its rule.
 * @throws {OptionError} if `wanted` is not 1 to the number of scores.
 */
export function verdict(task: Pick<Task, 'name' | 'solved'>, scores: readonly Score[], wanted = 1): Verdict {
  if (!(wanted >= 1 && wanted <= scores.length)) {
    throw new OptionError(`${task.name}: verdict: wanted: expected 1 to ${scores.length}, the seeds, got ${wanted}.`);
  }
  const solved = scores.filter((score) => task.solved.holds(score)).length;
  const text = `${solved} of ${scores.length} seeds: ${task.solved.rule}`;
  return { solved, seeds: scores.length, holds: solved >= wanted, text };
}
