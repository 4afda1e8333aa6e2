import { OptionError, Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { score, stochasticBeamSearch, temperature, topK } from '../src/index.ts';
import { constantModel } from './counter-model.ts';
import { exhaustive } from './exhaustive.ts';
import { randomTable, tableModel } from './table-model.ts';

const table = randomTable(Rng.seeded('stochastic'), 3, 0.8);
const model = tableModel(table);
const options = { model, maximumTokens: 2, stop: [0] };
const key = ({ ids, end }: { readonly ids: readonly number[]; readonly end?: number | undefined }) =>
  `${ids}|${end ?? ''}`;

it('draws without replacement', async () => {
  const draws = 6000;
  const all = exhaustive(table, 0, { ...options, prompts: [[1]] });
  const p = new Map(all.map((one) => [key(one), Math.exp(one.logProbability)]));
  expect([...p.values()].reduce((sum, x) => sum + x, 0)).toBeCloseTo(1, 5);
  const prompts = Array.from({ length: draws }, () => [1]);
  const rows = await stochasticBeamSearch({ ...options, prompts, beamWidth: 2, seed: 11 });
  const counts = new Map<string, number>();
  for (const [a, b] of rows) {
    const pair = `${a && key(a)} ${b && key(b)}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  let statistic = 0;
  let cells = 0;
  for (const [a, pa] of p) {
    for (const [b, pb] of p) {
      if (a === b) {
        expect(counts.get(`${a} ${b}`)).toBeUndefined();
        continue;
      }
      const expected = (draws * pa * pb) / (1 - pa);
      statistic += ((counts.get(`${a} ${b}`) ?? 0) - expected) ** 2 / expected;
      cells++;
    }
  }
  // Chi-square with n degrees of freedom: mean n, variance 2n.
  expect(statistic).toBeLessThan(cells - 1 + 4 * Math.sqrt(2 * (cells - 1)));
});

it('returns all sequences if it is wide enough, each once, with its probability', async () => {
  const prompts = [[1], [2, 1, 2]];
  const rows = await stochasticBeamSearch({ ...options, maximumTokens: 4, prompts, beamWidth: 100, seed: 'all' });
  for (const [row, found] of rows.entries()) {
    const all = exhaustive(table, row, { ...options, maximumTokens: 4, prompts });
    expect(found.map(key).toSorted()).toEqual(all.map(key).toSorted());
    expect(found).toEqual(found.toSorted((a, b) => b.perturbed - a.perturbed));
    const scores = await score({
      model,
      prompts: found.map(() => prompts[row] as number[]),
      continuations: found.map(({ ids, end }) => (end === undefined ? ids : [...ids, end])),
    });
    for (const [i, { logProbability }] of found.entries()) expect(logProbability).toBeCloseTo(scores[i] as number, 5);
  }
});

it('is a function of seed and row, not of the rest of the batch', async () => {
  const run = (prompts: number[][], seed: number) =>
    stochasticBeamSearch({ ...options, maximumTokens: 5, prompts, beamWidth: 3, seed });
  const together = await run([[1], [2, 1], [0, 0, 2]], 5);
  expect(await run([[1]], 5)).toEqual(together.slice(0, 1));
  expect(await run([[1], [2, 1]], 5)).toEqual(together.slice(0, 2));
  expect(await run([[1], [2, 1], [0, 0, 2]], 6)).not.toEqual(together);
});

it('draws from the result of processors, and refuses if that is empty', async () => {
  const prompts = [[1]];
  const rows = await stochasticBeamSearch({
    ...options,
    prompts,
    beamWidth: 9,
    seed: 1,
    processors: [temperature(0.5), topK(1)],
  });
  expect(rows.map((row) => row.map(({ logProbability }) => logProbability))).toEqual([[0]]);
  const nothing = () => Float32Array.of(-Infinity, -Infinity, -Infinity);
  await expect(
    stochasticBeamSearch({ ...options, prompts, beamWidth: 2, seed: 1, processors: [nothing] }),
  ).rejects.toThrow(OptionError);
});

it('never draws what is impossible', async () => {
  const rows = await stochasticBeamSearch({
    model: constantModel([0, Number.NEGATIVE_INFINITY, 1]),
    prompts: [[0]],
    maximumTokens: 3,
    beamWidth: 20,
    seed: 3,
  });
  expect(rows[0]?.length).toBe(8);
  expect(rows.flat().some(({ ids }) => ids.includes(1))).toBe(false);
});
