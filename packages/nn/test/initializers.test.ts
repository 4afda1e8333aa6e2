import { Rng } from '@elman/core';
import { matMul, stack, type Tensor, transpose } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  identity,
  normal,
  orthogonal,
  uniform,
} from '../src/index.ts';
import { expectClose } from './differences.ts';

async function moments(x: Tensor): Promise<{ mean: number; variance: number; largest: number; kurtosis: number }> {
  const values = [...(await x.data())];
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
  const fourth = values.reduce((a, b) => a + (b - mean) ** 4, 0) / values.length;
  return { mean, variance, largest: Math.max(...values.map(Math.abs)), kurtosis: fourth / variance ** 2 };
}

const BOX = 1.8;
const BELL = 3;

describe('initializers', () => {
  const cases = [
    { name: 'uniform', draw: (r: Rng) => uniform(r, [100, 50], 0.5), variance: 0.25 / 3, kurtosis: BOX },
    { name: 'normal', draw: (r: Rng) => normal(r, [100, 50], 0.5), variance: 0.25, kurtosis: BELL },
    { name: 'glorotUniform', draw: (r: Rng) => glorotUniform(r, [100, 50]), variance: 2 / 150, kurtosis: BOX },
    { name: 'glorotNormal', draw: (r: Rng) => glorotNormal(r, [100, 50]), variance: 2 / 150, kurtosis: BELL },
    { name: 'glorot, 5 taps', draw: (r: Rng) => glorotUniform(r, [5, 40, 25]), variance: 2 / 325, kurtosis: BOX },
    { name: 'heUniform', draw: (r: Rng) => heUniform(r, [100, 50]), variance: 2 / 100, kurtosis: BOX },
    { name: 'heNormal', draw: (r: Rng) => heNormal(r, [100, 50]), variance: 2 / 100, kurtosis: BELL },
    { name: 'gain', draw: (r: Rng) => glorotNormal(r, [100, 50], 3), variance: (9 * 2) / 150, kurtosis: BELL },
  ];
  // 5000 draws: the standard error of the mean is σ/71, of the variance (relative) at most 2 %, of the kurtosis 0.07.
  it.each(cases)('$name has the moments of its distribution', async ({ draw, variance, kurtosis }) => {
    const found = await moments(draw(Rng.seeded('moments')));
    expect(Math.abs(found.mean)).toBeLessThan((4 * Math.sqrt(variance)) / Math.sqrt(5000));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(0.08);
    expect(Math.abs(found.kurtosis - kurtosis)).toBeLessThan(0.28);
    if (kurtosis === BOX) expect(found.largest).toBeLessThanOrEqual(Math.sqrt(3 * variance) + 1e-6);
  });

  it.each(cases)('$name is a function of the seed', async ({ draw }) => {
    const [a, b, c] = await Promise.all(['s', 's', 't'].map((seed) => draw(Rng.seeded(seed)).data()));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('identity has ones on the diagonal, square or not', async () => {
    const rng = Rng.seeded(0);
    expect(await identity(rng, [2, 2]).array()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(await identity(rng, [2, 3], 5).array()).toEqual([
      [5, 0, 0],
      [0, 5, 0],
    ]);
    expect(await identity(rng, [3, 2]).array()).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
  });

  it('refuses a shape without fan-in and fan-out', () => {
    expect(() => glorotUniform(Rng.seeded(0), [4])).toThrow(
      'glorotUniform: shape: expected two axes or more, [fanIn, fanOut], got [4].',
    );
  });
});

describe('orthogonal', () => {
  it.each([
    [5, 5],
    [3, 7],
    [7, 3],
    [1, 1],
    [1, 4],
  ] as const)('[%i, %i] has orthonormal rows or columns', async (rows, columns) => {
    const q = orthogonal(Rng.seeded('q'), [rows, columns], 2);
    expect(q.shape).toEqual([rows, columns]);
    const gram = (await (rows <= columns ? matMul(q, transpose(q)) : matMul(transpose(q), q)).array()) as number[][];
    const wanted = gram.flatMap((row, i) => row.map((_, j) => (i === j ? 4 : 0)));
    expectClose(gram.flat(), wanted, 1e-4);
  });

  it('preserves the norm of every vector through fifty products', async () => {
    const q = orthogonal(Rng.seeded('q'), [8, 8]);
    let x = normal(Rng.seeded('x'), [3, 8]);
    const before = ((await x.array()) as number[][]).map((row) => Math.hypot(...row));
    for (let i = 0; i < 50; i++) x = matMul(x, q);
    const after = ((await x.array()) as number[][]).map((row) => Math.hypot(...row));
    expectClose(after, before, 1e-4);
  });

  it('draws entries with mean 0 and variance 1/n, of either sign on the diagonal (the Haar measure)', async () => {
    const drawn = Array.from({ length: 200 }, (_, seed) => orthogonal(Rng.seeded(seed), [4, 4]));
    const values = await stack(drawn).data();
    const diagonal = [...values].filter((_, i) => i % 16 === 0 || i % 16 === 15);
    expect(Math.abs(diagonal.reduce((a, b) => a + b, 0) / 400)).toBeLessThan(0.1);
    expect(diagonal.reduce((a, b) => a + b * b, 0) / 400).toBeCloseTo(0.25, 1);
  });
});
