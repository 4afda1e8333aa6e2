import { type Batch, type BatchSource, Rng, type Task, type Tree, tree } from '@elman/core';
import type { TaskModelParams } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { disposeTraining, train } from '@elman/train';
import type { Language } from './languages.ts';
import type { Net } from './nets.ts';

const BATCH = 32;

/** Trains a net on short words. */
export async function learn(
  { task, trained, learningRate, updates }: Language,
  net: Net,
  seed: string,
  onUpdate: (event: { readonly step: number; readonly loss: number }) => void = () => {},
): Promise<TaskModelParams<Tree>> {
  const { params, state } = await train({
    model: net(trained),
    batches: growing(task, trained, updates, `train ${seed}`),
    optimizer: chain(
      clipByGlobalNorm(1),
      adam({ learningRate: cosine({ initial: learningRate, final: learningRate / 10, steps: updates }) }),
    ),
    updates,
    seed,
    onUpdate,
  });
  const kept = tree.clone(params);
  disposeTraining(state);
  return kept;
}

/** A curriculum from length 1 or 2 up to the longest over the first half of training (Joulin & Mikolov 2015). */
function growing(task: Task, longest: number, updates: number, seed: string): BatchSource<Batch> {
  return {
    batchesPerEpoch: updates,
    batch(_, index) {
      const grown = 2 + Math.floor(((longest - 1) * 2 * index) / updates);
      const most = Math.min(longest, grown);
      const rng = Rng.seeded(seed).fork(index);
      return task.sample(
        rng,
        Array.from({ length: BATCH }, (_, row) => ({ length: 1 + rng.fork('length').fork(row).integer(most) })),
      );
    },
  };
}
