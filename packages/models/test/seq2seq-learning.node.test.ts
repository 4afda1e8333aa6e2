import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { disposeTraining, evaluate, train } from '@elman/train';
import { expect, it } from 'vitest';
import { attending, copying, forgetful } from './copying.ts';

it('needs attention to copy sequences beyond the capacity of a state', async () => {
  const scores: number[] = [];
  for (const model of [attending(), forgetful()]) {
    const { params, state } = await train({
      model,
      batches: copying('train', 10),
      optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 })),
      updates: 300,
      seed: 1,
    });
    const test = { ...copying('test', 10), batchesPerEpoch: 4 };
    scores.push((await evaluate(model, params, test)).metrics.accuracy as number);
    disposeTraining(state);
  }
  expect(scores[0]).toBeGreaterThan(0.9);
  expect(scores[1]).toBeLessThan(0.8);
}, 120_000);
