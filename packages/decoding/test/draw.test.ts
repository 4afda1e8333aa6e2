import { OptionError, Rng } from '@elman/core';
import { expect, it } from 'vitest';
import { draw } from '../src/draw.ts';
import { generate } from '../src/index.ts';
import { constantModel } from './counter-model.ts';

const probabilities = [0.4, 0.3, 0.15, 0.1, 0.05];
const logits = Float32Array.from(probabilities, (p) => Math.log(p) + 3);

/** Pearson's statistic; with 4 degrees of freedom it exceeds 18.5 once in a thousand. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  const n = counts.reduce((sum, count) => sum + count, 0);
  return expected.reduce((sum, p, i) => sum + ((counts[i] as number) - n * p) ** 2 / (n * p), 0);
}

it('draws in proportion to the softmax', () => {
  const rng = Rng.seeded('chi-square');
  const counts = [0, 0, 0, 0, 0];
  for (let i = 0; i < 20_000; i++) {
    const id = draw(logits, rng);
    counts[id] = (counts[id] as number) + 1;
  }
  expect(chiSquare(counts, probabilities)).toBeLessThan(18.5);
  // The test has power: a distribution that is off by a few per cent fails.
  expect(chiSquare(counts, [0.37, 0.33, 0.15, 0.1, 0.05])).toBeGreaterThan(18.5);
});

it('draws in proportion to the softmax of a model', async () => {
  const prompts = Array.from({ length: 128 }, () => [0]);
  const options = { model: constantModel([...logits]), maximumTokens: 16, seed: 5 };
  const count = (rows: number[][]) => probabilities.map((_, id) => rows.flat().filter((token) => token === id).length);
  expect(chiSquare(count(await generate({ ...options, prompts })), probabilities)).toBeLessThan(18.5);
  const cut = count(await generate({ ...options, prompts, topK: 3, temperature: 0.5 }));
  const squares = [0.16, 0.09, 0.0225].map((p) => p / 0.2725);
  expect(cut.slice(3)).toEqual([0, 0]);
  expect(chiSquare(cut.slice(0, 3), squares)).toBeLessThan(13.8);
});

it('never draws forbidden tokens, and refuses if all are', () => {
  const inf = Number.POSITIVE_INFINITY;
  const rng = Rng.seeded(1);
  for (let i = 0; i < 500; i++) expect(draw(Float32Array.of(-inf, 0, -inf, -30), rng)).not.toBe(0);
  expect(() => draw(Float32Array.of(-inf, -inf), rng)).toThrow(OptionError);
});
