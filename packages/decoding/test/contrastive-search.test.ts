import { DivergenceError, OptionError, type TokenModel } from '@elman/core';
import { add, memory, mul, reshape, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ContrastiveSearchOptions, contrastiveSearch, ensemble, generate } from '../src/index.ts';
import { type Hidden, randomWeights, recurrentModel } from './recurrent-model.ts';

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

const model = recurrentModel(randomWeights('search'));
const prompts = [[1], [2, 2], [3, 1, 4]];
const variants: Partial<ContrastiveSearchOptions<Hidden>>[] = [
  {},
  { topK: 2, degenerationPenalty: 0.9, stop: [2] },
  { topK: 99, noRepeatNgram: 3, banned: [[1]], minimumTokens: 2, stop: [0] },
  { repetitionPenalty: 1.3, stop: (ids) => ids.length > 2 && ids.at(-1) === ids.at(-3) },
];

describe('a row of a batch', () => {
  it.each(variants)('equals the row alone: %o', async (variant) => {
    const options = { model, maximumTokens: 5, ...variant };
    const together = await contrastiveSearch({ ...options, prompts });
    for (const [row, prompt] of prompts.entries()) {
      expect(await contrastiveSearch({ ...options, prompts: [prompt] })).toEqual([together[row]]);
    }
  });

  it('uses its own context', async () => {
    const biases = [
      [0, 0, 0, 0],
      [1, -1, 1, -1],
      [-2, 1, 0, 2],
    ];
    const weights = randomWeights('context');
    const search = async (rows: number[], stop: number[]) => {
      const bias = tensor2d(rows.map((row) => biases[row] as number[]));
      try {
        const given = rows.map((row) => prompts[row] as number[]);
        return await contrastiveSearch({
          model: recurrentModel(weights, { bias }),
          prompts: given,
          maximumTokens: 4,
          stop,
        });
      } finally {
        bias.dispose();
      }
    };
    for (const stop of [[], [1, 2]]) {
      const together = await search([0, 1, 2], stop);
      for (const row of [0, 1, 2]) expect(await search([row], stop)).toEqual([together[row]]);
      if (stop.length === 0) expect(new Set(together.map(String)).size, 'contexts matter').toBe(3);
    }
  });
});

describe('its limits', () => {
  it('are greedy: one candidate, or no penalty', async () => {
    const options = { model, prompts, maximumTokens: 6 };
    const greedy = await generate({ ...options, temperature: 0 });
    expect(await contrastiveSearch({ ...options, topK: 1 })).toEqual(greedy);
    expect(await contrastiveSearch({ ...options, degenerationPenalty: 0 })).toEqual(greedy);
    expect(await contrastiveSearch(options)).not.toEqual(greedy);
  });

  it('are rows without tokens, and no rows', async () => {
    expect(await contrastiveSearch({ model, prompts, maximumTokens: 0 })).toEqual([[], [], []]);
    expect(await contrastiveSearch({ model, prompts: [], maximumTokens: 3 })).toEqual([]);
  });

  it('exclude forbidden tokens, however dissimilar', async () => {
    const banned = [[0], [1], [2], [3, 4]];
    const rows = await contrastiveSearch({ model, prompts, maximumTokens: 5, topK: 7, degenerationPenalty: 1, banned });
    for (const row of rows) {
      expect(row.some((id) => id < 3)).toBe(false);
      expect(`,${row}`).not.toContain(',3,4');
    }
  });
});

describe('refused', () => {
  const options = { model, prompts, maximumTokens: 4 };
  const without = (
    change: (step: ReturnType<typeof model.next>) => Partial<ReturnType<typeof model.next>>,
  ): TokenModel<Hidden> => ({
    ...model,
    next: (state, tokens) => {
      const step = model.next(state, tokens);
      return { ...step, ...change(step) };
    },
  });

  it('is a model without features', async () => {
    await expect(contrastiveSearch({ ...options, model: ensemble([model, model]) })).rejects.toThrow(
      'contrastiveSearch: model: expected `features` in its steps, what the logits are computed from, got none; an ensemble gives none.',
    );
    const narrow = without(({ features }) => ({
      features: reshape(features as Tensor2D, [-1]) as unknown as Tensor2D,
    }));
    await expect(contrastiveSearch({ ...options, model: narrow })).rejects.toThrow(
      'contrastiveSearch: features: expected',
    );
  });

  it('is a model that has diverged', async () => {
    const broken = without(({ logits }) => ({ logits: mul(add(logits, 1e38), 1e38) as Tensor2D }));
    const error = await contrastiveSearch({ ...options, model: broken }).catch((caught) => caught);
    expect(DivergenceError.isInstance(error), error.message).toBe(true);
  });

  it('is refused by name', async () => {
    for (const bad of [
      { topK: 0 },
      { topK: 1.5 },
      { degenerationPenalty: -0.1 },
      { degenerationPenalty: 1.1 },
      { maximumTokens: -1 },
      { prompts: [[]] },
      { prompts: [[7]] },
      { stop: [7] },
      { banned: [[]] },
      { noRepeatNgram: 0 },
      { banned: [[0], [1], [2], [3], [4], [5], [6]] },
    ]) {
      await expect(contrastiveSearch({ ...options, ...bad }), JSON.stringify(bad)).rejects.toThrow(OptionError);
    }
    const signal = AbortSignal.abort();
    await expect(contrastiveSearch({ ...options, signal })).rejects.toThrow(/abort/i);
  });
});
