import { gru } from '@elman/cells';
import { adam } from '@elman/optim';
import { between, parity, taskBatches } from '@elman/tasks';
import { disposeTraining, evaluate, train } from '@elman/train';
import { expect, it } from 'vitest';
import { taskModel } from '../src/index.ts';

it('learns parity on short rows and is right on longer ones', async () => {
  const task = parity();
  const model = taskModel(gru({ inputSize: 2, hiddenSize: 8 }), task);
  const easy = between({ length: 1 }, { length: 8 });
  const { params, state } = await train({
    model,
    batches: taskBatches(task, { batchSize: 32, difficulty: easy, seed: 'train' }),
    optimizer: adam({ learningRate: 0.02 }),
    updates: 500,
    seed: 1,
  });
  const longer = taskBatches(task, {
    batchSize: 16,
    difficulty: { length: 40 },
    seed: 'validation',
    batchesPerEpoch: 2,
  });
  const { metrics, loss } = await evaluate(model, params, longer);
  expect(metrics.accuracy).toBeGreaterThan(0.99);
  expect(loss).toBeLessThan(0.1);
  disposeTraining(state);
});
