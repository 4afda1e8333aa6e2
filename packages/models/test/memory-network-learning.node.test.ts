import { Rng } from '@elman/core';
import { readStories, storyBatches, storyVocabulary } from '@elman/data';
import { adam, chain, clipByGlobalNorm } from '@elman/optim';
import { stories } from '@elman/tasks';
import { checkGradient } from '@elman/testkit';
import { disposeTraining, evaluate, train } from '@elman/train';
import { expect, it } from 'vitest';
import { memoryNetwork, type Tying } from '../src/index.ts';

const questions = readStories(stories({ kind: 'one-fact', count: 2300, seed: 1 }));
const vocabulary = storyVocabulary(questions);
const [training, test] = [questions.slice(0, 2000), questions.slice(2000)];

for (const tying of ['adjacent', 'layerwise'] as Tying[]) {
  for (const softmax of [true, false]) {
    it(`the gradient with ${tying} tying ${softmax ? 'and' : 'without'} softmax agrees with finite differences`, async () => {
      const model = memoryNetwork({ vocabulary, embeddingSize: 5, hops: 3, tying, softmax, memorySize: 12 });
      const batch = storyBatches(test, { vocabulary, batchSize: 4 }).batch(0, 1);
      const rng = () => Rng.seeded('empty memories');
      const loss = (params: ReturnType<typeof model.init>) => model.loss(params, batch, [], { rng: rng() }).loss;
      await expect(checkGradient(loss, model.init(Rng.seeded(2)), { tolerance: 1e-2 })).resolves.toBeUndefined();
    });
  }
}

it('a memory network learns where people are', async () => {
  const model = memoryNetwork({ vocabulary, hops: 1, memorySize: 20 });
  const { params, state } = await train({
    model,
    batches: storyBatches(training, { vocabulary, batchSize: 32, seed: 1 }),
    optimizer: chain(clipByGlobalNorm(40), adam({ learningRate: 0.02 })),
    updates: 500,
    seed: 1,
  });
  const { metrics } = await evaluate(model, params, storyBatches(test, { vocabulary, batchSize: 100 }));
  expect(metrics.accuracy).toBeGreaterThan(0.95);
  const [one] = test.filter(({ sentences }) => sentences.length === 10);
  const [said] = await model.answer(params, [one as (typeof test)[number]]);
  const looked = said?.weights[0] as readonly number[];
  expect(looked.indexOf(Math.max(...looked))).toBe(one?.supporting[0]);
  disposeTraining(state);
});
