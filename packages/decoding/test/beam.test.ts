import { Rng } from '@elman/core';
import { memory } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  average,
  type BeamSearchOptions,
  beamSearch,
  generate,
  gnmt,
  type Hypothesis,
  score,
  temperature,
} from '../src/index.ts';
import { exhaustive } from './exhaustive.ts';
import { inSessions, type Last, randomTable, tableModel } from './table-model.ts';

let tensors = 0;
beforeEach(() => {
  tensors = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, 'no tensor is left').toBe(tensors);
});

type Options = Partial<BeamSearchOptions<Last>>;
const prompts = [[1], [2, 0, 1], [0, 3]];

const variants: { readonly [name: string]: Options } = {
  plain: {},
  'end token': { stop: [0] },
  'two end tokens': { stop: [0, 2] },
  gnmt: { stop: [0], lengthPenalty: gnmt(0.8) },
  average: { stop: [3], lengthPenalty: average() },
  'length reward': { stop: [3], lengthPenalty: average(1.7), minimumTokens: 1 },
  minimum: { stop: [0], minimumTokens: 2 },
  bigrams: { stop: [0], noRepeatNgram: 2 },
  'no token twice': { noRepeatNgram: 1, maximumTokens: 2 },
  banned: { stop: [0], banned: [[1], [2, 3], [3, 0]] },
  required: { stop: [0], required: [[2, 1]] },
  'required, overlapping': { required: [[2, 1], [1, 3], [3]], maximumTokens: 4 },
  'required, tight': { stop: [0], required: [[1, 1, 2]], maximumTokens: 3 },
  'required and more': {
    stop: [0],
    required: [[2], [1]],
    banned: [[2, 1]],
    lengthPenalty: average(),
    noRepeatNgram: 2,
  },
  prefix: { stop: [0], prefix: [[3, 1], [], [2]], lengthPenalty: gnmt(1) },
  'prefix and required': { stop: [0], prefix: [[3, 1], [], [2]], required: [[1, 2]] },
  processors: { stop: [0], processors: [temperature(0.5), (z) => z.map((x, i) => (i === 1 ? x + 2 : x))] },
};

/** Ids, ends and scores: those to single precision. */
const plain = (hypotheses: readonly Hypothesis[]) =>
  hypotheses.map(({ ids, end, isFinished }) => ({ ids, end, isFinished }));

function expectSame(got: readonly Hypothesis[], wanted: readonly Hypothesis[], what?: string): void {
  expect(plain(got), what).toEqual(plain(wanted));
  for (const [i, { score, logProbability }] of got.entries()) {
    expect(Math.abs(score - (wanted[i] as Hypothesis).score), what).toBeLessThan(1e-5);
    expect(Math.abs(logProbability - (wanted[i] as Hypothesis).logProbability), what).toBeLessThan(1e-5);
  }
}

describe('a beam as wide as the space', () => {
  it.each(Object.entries(variants))('equals exhaustive search: %s', async (name, variant) => {
    for (const [seed, open] of [
      [1, tableModel],
      [2, inSessions],
    ] as const) {
      const table = randomTable(Rng.seeded(name).fork(seed), 4);
      const beamWidth = 256;
      const model = open === inSessions ? inSessions(table, beamWidth * prompts.length) : tableModel(table);
      const options = { prompts, maximumTokens: 3, ...variant };
      const got = await beamSearch({ ...options, model, beamWidth, count: 12, patience: Number.POSITIVE_INFINITY });
      for (const row of prompts.keys())
        expectSame(got[row] as Hypothesis[], exhaustive(table, row, options).slice(0, 12));
    }
  });
});

it.each(Object.entries(variants))('returns the scores of its hypotheses, in order: %s', async (name, variant) => {
  if (variant.processors !== undefined) return;
  const model = tableModel(randomTable(Rng.seeded(name), 4));
  const got = await beamSearch({ model, prompts, maximumTokens: 5, beamWidth: 4, count: 4, ...variant });
  const found = got.flatMap((hypotheses, row) =>
    hypotheses.map((one) => ({ ...one, prompt: prompts[row] as number[] })),
  );
  expect(found.length).toBeGreaterThan(2);
  const scores = await score({
    model,
    prompts: found.map(({ prompt }) => prompt),
    continuations: found.map(({ ids, end }) => (end === undefined ? ids : [...ids, end])),
  });
  for (const [i, { logProbability }] of found.entries())
    expect(Math.abs(logProbability - (scores[i] as number))).toBeLessThan(1e-5);
  for (const hypotheses of got) expect(hypotheses).toEqual(hypotheses.toSorted((a, b) => b.score - a.score));
});

it('of width 1 is greedy', async () => {
  for (const stop of [[], [0], [1, 2]]) {
    const model = tableModel(randomTable(Rng.seeded(`greedy ${stop}`), 5));
    const got = await beamSearch({ model, prompts, maximumTokens: 9, beamWidth: 1, stop });
    const greedy = await generate({ model, prompts, maximumTokens: 9, temperature: 0, stop });
    expect(got.map(([best]) => best?.ids)).toEqual(greedy);
  }
});
