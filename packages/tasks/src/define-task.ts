import { DataError, type Difficulty, type Rng, type Score, type Task } from '@elman/core';
import { expectDifficulty } from './difficulty.ts';
import { collate, type Example } from './example.ts';
import type { Scoring } from './scoring.ts';

/** A task by one row at a time. */
export interface TaskDefinition extends Omit<Task, 'sample' | 'loss' | 'accuracy' | 'targets' | 'solved'> {
  readonly scoring: Scoring;
  /** A row of this difficulty, which has been checked. */
  readonly example: (rng: Rng, difficulty: Difficulty) => Example;
  /** Default: an accuracy of 0.99 or more. */
  readonly solved?: Task['solved'] | undefined;
}

/** When at least this fraction of the targets is right. */
export function solvedAt(accuracy: number): Task['solved'] {
  return { rule: `accuracy at least ${accuracy}`, holds: (score: Score) => score.accuracy >= accuracy };
}

/** A task from the generator of one row: each row of a batch has a stream of its own. */
export function defineTask({ scoring, example, solved = solvedAt(0.99), ...rest }: TaskDefinition): Task {
  return {
    ...rest,
    ...scoring,
    solved,
    sample(rng, rows) {
      if (rows.length === 0) throw new DataError(`${rest.name}: sample: expected one row or more, got none.`);
      for (const difficulty of rows) expectDifficulty(rest, difficulty);
      const examples = rows.map((difficulty, row) => example(rng.fork(row), difficulty));
      return collate(examples, scoring.targets === 'ids');
    },
  };
}
