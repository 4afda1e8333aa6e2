import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../fixtures/contrastive.json' with { type: 'json' };
import { contrastiveSearch } from '../src/index.ts';
import { randomWeights, recurrentModel } from './recurrent-model.ts';

it('equals the definition', async () => {
  const shortest = Math.min(...fixture.cases.map(({ ids }) => ids.length));
  for (const [m, weights] of fixture.models.entries()) {
    const cases = fixture.cases.filter((one) => one.model === m);
    const kinds = new Map(
      cases.map(({ topK, degenerationPenalty }) => [`${topK} ${degenerationPenalty}`, { topK, degenerationPenalty }]),
    );
    for (const kind of kinds.values()) {
      const own = cases.filter((one) => one.topK === kind.topK && one.degenerationPenalty === kind.degenerationPenalty);
      const rows = await contrastiveSearch({
        model: recurrentModel(weights),
        prompts: own.map(({ prompt }) => prompt),
        maximumTokens: shortest,
        ...kind,
      });
      expect(rows, JSON.stringify(kind)).toEqual(own.map(({ ids }) => ids));
    }
  }
});

it('leaks no tensors over hundreds of tokens with growing memory', async () => {
  const model = recurrentModel(randomWeights('long'));
  const before = memory().numTensors;
  const options = { model, prompts: [[1], [2, 3, 1]], maximumTokens: 150 };
  const rows = await contrastiveSearch(options);
  expect(rows.map((row) => row.length)).toEqual([150, 150]);
  expect(await contrastiveSearch({ ...options, prompts: [[2, 3, 1]] })).toEqual(rows.slice(1));
  await contrastiveSearch({ ...options, signal: AbortSignal.timeout(5), maximumTokens: 1e6 }).catch(() => undefined);
  expect(memory().numTensors).toBe(before);
});
