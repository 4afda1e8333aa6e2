import { DataError, type Difficulty, type Rng, type Score, type Task } from '@elman/core';
import { expectDifficulty } from './difficulty.ts';
import { collate, type Example } from './example.ts';
import type { Scoring } from './scoring.ts';

/** A task defined by a generator of single rows. */
export interface TaskDefinition extends Omit<Task, 'sample' | 'loss' | 'accuracy' | 'targets' | 'solved'> {
  readonly scoring: Scoring;
  /** A row of this difficulty, which has been checked. */
  readonly example: (rng: Rng, difficulty: Difficulty) => Example;
  /** Default: an accuracy of 0.99 or more. */
  readonly solved?: Task['solved'] | undefined;
}

/** Solved at this accuracy or above. */
export function solvedAt(accuracy: number): Task['solved'] {
  return { rule: `accuracy at least ${accuracy}`, holds: (score: Score) => score.accuracy >= accuracy };
}

/** A task from a generator of single rows; each row of a batch has its own random stream. */
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
