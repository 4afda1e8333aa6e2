import { type Batch, type BatchSource, type Difficulty, expectSizes, Rng, type Task } from '@elman/core';
import { expectDifficulty } from './difficulty.ts';

/** How rows of a task are batched. */
export type TaskBatchesOptions = {
  readonly batchSize: number;
  /** The difficulty of each row: one for all rows, or a function that draws one for each row. */
  readonly difficulty: Difficulty | ((rng: Rng) => Difficulty);
  /** Seed of the rows; use another one for validation. */
  readonly seed: number | string;
  /** Number of batches of an epoch, 100 by default; each epoch has other rows. */
  readonly batchesPerEpoch?: number | undefined;
};

/**
 * Endless rows of a task, a pure function of seed, epoch and index.
 *
 *   taskBatches(parity(), { batchSize: 32, difficulty: { length: 20 }, seed: 'train' })
 *
 * @throws {OptionError} if a size is not a positive whole number or the difficulty is not one of the task's.
 */
export function taskBatches(task: Task, options: TaskBatchesOptions): BatchSource<Batch> {
  const { batchSize, difficulty, seed, batchesPerEpoch = 100 } = options;
  expectSizes('taskBatches', { batchSize, batchesPerEpoch });
  if (typeof difficulty !== 'function') expectDifficulty(task, difficulty);
  const given = typeof difficulty === 'function' ? difficulty : () => difficulty;
  return {
    batchesPerEpoch,
    batch(epoch, index, draw = given) {
      const rng = Rng.seeded(seed).fork(epoch).fork(index);
      const graded = rng.fork('difficulty');
      const rows = Array.from({ length: batchSize }, (_, row) => draw(graded.fork(row)));
      return task.sample(rng.fork('rows'), rows);
    },
  };
}

/** A difficulty of which every number is equally likely from the least to the most. */
export function between(least: Difficulty, most: Difficulty): (rng: Rng) => Difficulty {
  return (rng) =>
    Object.fromEntries(
      Object.entries(most).map(([parameter, high]) => {
        const low = least[parameter] ?? high;
        return [parameter, low + rng.fork(parameter).integer(high - low + 1)];
      }),
    ) as Difficulty;
}
