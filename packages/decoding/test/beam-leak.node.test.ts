import { Rng, tree } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { beamSearch, score, stochasticBeamSearch, traceBeamSearch } from '../src/index.ts';
import { lookingModel, randomTable } from './table-model.ts';

it('a thousand calls leak no tensors, including failing ones', async () => {
  const table = randomTable(Rng.seeded('leak'), 4);
  const model = lookingModel(
    table,
    [1, 2],
    [
      [1, 1, 1],
      [1, 1, 0],
    ],
  );
  const broken = {
    ...model,
    next: (...given: Parameters<typeof model.next>) => ({ ...model.next(...given), logits: given[0].last }),
  };
  const before = memory().numTensors;
  const options = { model, prompts: [[1], [2, 3]], maximumTokens: 3, stop: [0], beamWidth: 2 };
  const calls = [
    () => beamSearch(options),
    () => beamSearch({ ...options, alignments: true, coveragePenalty: { beta: 0.2 }, required: [[1]] }),
    () => traceBeamSearch({ ...options, groups: 2 }),
    () => stochasticBeamSearch({ ...options, seed: 1 }),
    () => score({ ...options, continuations: [[1, 2], [3]] }),
    () => beamSearch({ ...options, signal: AbortSignal.abort() }).catch(() => undefined),
    () => beamSearch({ ...options, model: broken }).catch(() => undefined),
    () => beamSearch({ ...options, processors: [(z) => z.map(() => Number.NaN)] }).catch(() => undefined),
  ];
  for (let i = 0; i < 1000; i++) await (calls[i % calls.length] as () => Promise<unknown>)();
  expect(memory().numTensors).toBe(before);
  tree.dispose(model.context);
});
