import { Rng, tree } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { average, type BeamSearchOptions, beamSearch, gnmt, type Hypothesis } from '../src/index.ts';
import { inSessions, type Last, type Looking, lookingModel, randomTable, tableModel } from './table-model.ts';

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

const table = randomTable(Rng.seeded('batch'), 5);
const prompts = [[1], [2, 0, 1], [4], [0, 3, 3, 1, 2]];
const prefix = [[], [1, 3], [2], []];

const variants: Partial<BeamSearchOptions<Last>>[] = [
  { stop: [0], lengthPenalty: average(), count: 4 },
  { stop: [0], noRepeatNgram: 2, prefix, patience: 3 },
  { stop: [2, 3], groups: 2, count: 3, minimumTokens: 2 },
  { stop: [0], required: [[3, 1]], lengthPenalty: gnmt(0.5), prefix },
];

/** Reading all logits or the highest only (a prefix elsewhere in the batch needs all) changes the last bits. */
const rounded = (rows: readonly Hypothesis[][]) =>
  rows.map((row) => row.map(({ ids, end, group, score }) => [ids, end, group, score.toFixed(6)]));

describe('a row of a batch', () => {
  it.each(variants)('equals the row alone: %o', async (variant) => {
    for (const model of [tableModel(table), inSessions(table)]) {
      const options = { model, maximumTokens: 6, beamWidth: 4, ...variant };
      const together = await beamSearch({ ...options, prompts });
      const reversed = await beamSearch({
        ...options,
        prompts: prompts.toReversed(),
        ...(variant.prefix ? { prefix: prefix.toReversed() } : {}),
      });
      expect(reversed.toReversed()).toEqual(together);
      for (const row of prompts.keys()) {
        const own = {
          prompts: [prompts[row] as number[]],
          ...(variant.prefix ? { prefix: [prefix[row] as number[]] } : {}),
        };
        expect(rounded(await beamSearch({ ...options, ...own }))).toEqual(rounded([together[row] as Hypothesis[]]));
      }
    }
  });

  it('is the same on tensors and in sessions', async () => {
    for (const variant of variants) {
      const options = { prompts, maximumTokens: 6, beamWidth: 4, ...variant };
      const [a, b] = [tableModel(table), inSessions(table)].map((model) => beamSearch({ ...options, model }));
      const ids = (rows: Hypothesis[][]) => rows.map((row) => row.map((one) => [one.ids, one.end]));
      expect(ids((await a) as Hypothesis[][])).toEqual(ids((await b) as Hypothesis[][]));
    }
  });

  it('may have no prompts, and prompts of concurrent searches with one model', async () => {
    const options = { model: inSessions(table), maximumTokens: 5, beamWidth: 3, stop: [0] };
    expect(await beamSearch({ ...options, prompts: [] })).toEqual([]);
    const [first, second] = await Promise.all([
      beamSearch({ ...options, prompts }),
      beamSearch({ ...options, prompts: prompts.slice(1) }),
    ]);
    expect(second).toEqual(first?.slice(1));
  });
});

describe('with sources', () => {
  const factors = [1, 0.5, 2];
  const starts = [[1], [1], [1]];
  const frames = [
    [1, 1, 1],
    [1, 1, 1, 1, 1],
    [1, 1],
  ];
  const padded = (length: number) => frames.map((row) => Array.from({ length }, (_, j) => row[j] ?? 0));
  const options = { maximumTokens: 6, beamWidth: 4, stop: [0], count: 2 };

  const search = async (rows: number[], length: number, more: Partial<BeamSearchOptions<Looking>>) => {
    const mask = padded(length);
    const model = lookingModel(
      table,
      rows.map((row) => factors[row] as number),
      rows.map((row) => mask[row] as number[]),
    );
    try {
      return await beamSearch({ ...options, ...more, model, prompts: rows.map((row) => starts[row] as number[]) });
    } finally {
      tree.dispose(model.context);
    }
  };
  /** Alignments without the padding. */
  const withoutPadding = (rows: Hypothesis[][], of: number[]) =>
    rows.map((row, i) =>
      row.map((one) => ({
        ...one,
        alignments: one.alignments?.map((weights) => [...weights.slice(0, frames[of[i] as number]?.length)]),
      })),
    );

  it('a row depends on its own source, not on padding or other rows', async () => {
    for (const more of [{}, { alignments: true, coveragePenalty: { beta: 0.3 } }, { groups: 2, alignments: true }]) {
      const together = withoutPadding(await search([0, 1, 2], 5, more), [0, 1, 2]);
      expect(withoutPadding(await search([0, 1, 2], 7, more), [0, 1, 2])).toEqual(together);
      for (const row of [0, 1, 2]) {
        expect(withoutPadding(await search([row], (frames[row] as number[]).length, more), [row])).toEqual([
          together[row],
        ]);
      }
      expect(withoutPadding(await search([2, 0, 1], 5, more), [2, 0, 1])).toEqual([
        together[2],
        together[0],
        together[1],
      ]);
    }
  });

  it('has the attention weights of each token', async () => {
    const [, [best] = []] = await search([0, 1, 2], 5, { alignments: true, stop: [], maximumTokens: 4 });
    const wanted = [0, 1, 2, 3].map((t) => frames[1]?.map((_, j) => (j === t ? 0.6 : 0) + 0.4 / 5));
    expect(best?.alignments?.length).toBe(4);
    for (const [t, weights] of (best?.alignments ?? []).entries()) {
      for (const [j, w] of weights.entries()) expect(w).toBeCloseTo(wanted[t]?.[j] as number, 5);
    }
  });

  it('adds the coverage penalty to the score, the end token included', async () => {
    for (const kind of ['gnmt', 'summary'] as const) {
      const rows = await search([0, 1, 2], 5, {
        coveragePenalty: { beta: 0.7, kind },
        lengthPenalty: average(),
        count: 4,
      });
      for (const [row, hypotheses] of rows.entries()) {
        for (const { ids, isFinished, logProbability, score } of hypotheses) {
          const n = ids.length + (isFinished ? 1 : 0);
          const length = (frames[row] as number[]).length;
          let sum = 0;
          for (let j = 0; j < length; j++) {
            const c =
              (n * 0.4) / length + 0.6 * Array.from({ length: n }, (_, t) => t).filter((t) => t % length === j).length;
            sum += kind === 'gnmt' ? Math.log(Math.min(c, 1)) : 1 - Math.max(c, 1);
          }
          expect(score).toBeCloseTo(logProbability / n + 0.7 * sum, 4);
        }
      }
    }
  });

  it('requires a model with attention', async () => {
    const model = tableModel(table);
    for (const more of [{ alignments: true }, { coveragePenalty: { beta: 1 } }]) {
      await expect(beamSearch({ ...options, ...more, model, prompts })).rejects.toThrow(
        'decoding: alignments, coveragePenalty: expected a model with attention',
      );
    }
  });
});
