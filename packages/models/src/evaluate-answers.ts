import { type Batch, type BatchSource, breather, type Tree, tree } from '@elman/core';
import { cast, notEqual, scalar, stack, sum } from '@tensorflow/tfjs-core';
import { answers } from './answers.ts';
import type { TaskModel, TaskModelParams } from './task-model.ts';

/** Accuracy of a net's free-running answers over many batches. */
export type AnswerScore = {
  /** The fraction of rows with all unmasked targets right. */
  readonly exactMatch: number;
  /** The fraction of targets that are right. */
  readonly accuracy: number;
  readonly rows: number;
};

/**
 * `answers` over one epoch of batches, which are disposed.
 * @throws the reason of `signal` if it is aborted.
 */
export async function evaluateAnswers<P extends Tree, S extends Tree>(
  model: TaskModel<P, S>,
  params: TaskModelParams<P>,
  batches: BatchSource<Batch>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<AnswerScore> {
  const breathe = breather();
  let [matches, right, rows, targets] = [0, 0, 0, 0];
  for (let index = 0; index < batches.batchesPerEpoch; index++) {
    signal?.throwIfAborted();
    const batch = batches.batch(0, index);
    const size = batch.targets.shape[0] as number;
    const numbers = tree.tidy(() => {
      const { exactMatch, accuracy } = answers(model, params, batch);
      const { mask } = batch;
      const count = mask === undefined ? scalar(batch.targets.size) : sum(cast(notEqual(mask, 0), 'float32'));
      return stack([exactMatch, accuracy, count]);
    });
    tree.dispose(Object.values(batch).filter((tensor) => tensor !== undefined));
    const [exactMatch, accuracy, count] = (await numbers.data()) as unknown as [number, number, number];
    numbers.dispose();
    matches += exactMatch * size;
    right += accuracy * count;
    rows += size;
    targets += count;
    await breathe();
  }
  return { exactMatch: matches / rows, accuracy: right / targets, rows };
}
