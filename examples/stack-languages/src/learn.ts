import { type Tree, tree } from '@elman/core';
import type { TaskModelParams } from '@elman/models';
import { adam, chain, clipByGlobalNorm, cosine } from '@elman/optim';
import { between, taskBatches } from '@elman/tasks';
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
    batches: taskBatches(task, {
      batchSize: BATCH,
      difficulty: between({ length: 1 }, { length: trained }),
      seed: `train ${seed}`,
    }),
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
