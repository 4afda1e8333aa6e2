import type { Batch, BatchSource, Cell, Difficulty, Tree } from '@elman/core';
import { type TaskModel, type TaskModelParams, taskModel } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { taskBatches } from '@elman/tasks';
import { disposeTraining, evaluateByDifficulty, train } from '@elman/train';
import type { Lesson } from './lessons.ts';
import type { Net } from './nets.ts';

/** Options of a training run. */
export type Settings = { readonly updates: number; readonly batchSize: number; readonly seed: string };

/** A trained net, which the caller disposes. */
export type Learned<P extends Tree, S extends Tree> = {
  readonly model: TaskModel<P, S>;
  readonly params: TaskModelParams<P>;
  /** The first update after which the mean loss of a hundred was below a hundredth of a nat, if there was one. */
  readonly learned: number | undefined;
  free(): void;
};

/** Trains a net on the lesson; the progress listener gets the mean loss of every hundred updates. */
export async function learn<P extends Tree, S extends Tree>(
  { cell, learningRate: initial }: Net<Cell<P, S>>,
  lesson: Lesson,
  { updates, batchSize, seed }: Settings,
  onHundred: (step: number, loss: number) => void = () => {},
): Promise<Learned<P, S>> {
  const model = taskModel(cell, lesson.task);
  const learningRate = cosine({ initial, final: initial / 5, steps: updates });
  let sum = 0;
  let learned: number | undefined;
  const { params, state } = await train({
    model,
    batches: runningOn(taskBatches(lesson.task, { batchSize, difficulty: lesson.draw, seed: `train ${seed}` })),
    optimizer: chain(clipByGlobalNorm(10), adam({ learningRate })),
    updates,
    seed,
    onUpdate({ step, loss }) {
      sum += loss / 100;
      if (step % 100 !== 0) return;
      onHundred(step, sum);
      if (sum < 0.01) learned ??= step;
      sum = 0;
    },
  });
  return { model, params, learned, free: () => disposeTraining(state) };
}

/**
 * Rows of unequal lengths, without an input mask: frames past the end do not count, and holding the memory there would
 * take longer than computing them.
 */
function runningOn({ batchesPerEpoch, batch }: BatchSource<Batch>): BatchSource<Batch> {
  return {
    batchesPerEpoch,
    batch(...which) {
      const { inputMask, ...rest } = batch(...which);
      inputMask?.dispose();
      return rest;
    },
  };
}

/** Mean number of wrong bits per answer over new rows of each difficulty. */
export async function tryOut<P extends Tree, S extends Tree>(
  { model, params }: Learned<P, S>,
  { task, tried }: Lesson,
  rows: number,
): Promise<{ readonly difficulty: Difficulty; readonly wrong: number; readonly of: number }[]> {
  const batchSize = Math.min(rows, 20);
  const batchesPerEpoch = Math.ceil(rows / batchSize);
  const found = await evaluateByDifficulty(model, params, {
    difficulties: tried,
    batches: (difficulty) => taskBatches(task, { batchSize, difficulty, seed: 'test', batchesPerEpoch }),
  });
  return found.map(({ difficulty, count, metrics }) => {
    const of = (task.outputSize * count) / (batchSize * batchesPerEpoch);
    return { difficulty, wrong: (1 - (metrics.accuracy as number)) * of, of };
  });
}
