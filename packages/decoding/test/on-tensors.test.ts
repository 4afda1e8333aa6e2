import { type HighestLogits, Rng, type TokenModel } from '@elman/core';
import { getBackend, memory, type Tensor2D, tensor2d, topk, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { generate } from '../src/index.ts';
import { openOnTensors } from '../src/on-tensors.ts';

const inf = Number.POSITIVE_INFINITY;

/** The same logits at every step for any input; large, since small tensors stay on the CPU with webgpu too. */
function fixed(rows: readonly (readonly number[])[]): TokenModel<{ readonly none: Tensor2D }> {
  return {
    vocabSize: (rows[0] as readonly number[]).length,
    initialState: (batchSize) => ({ none: zeros([batchSize, 1]) }),
    next: ({ none }) => ({ logits: tensor2d(rows.map((row) => [...row])), state: { none } }),
  };
}

async function highest(rows: readonly (readonly number[])[], count: number): Promise<HighestLogits | undefined> {
  const session = openOnTensors(fixed(rows), rows.length);
  const found = await session.highest?.(
    rows.map(() => 0),
    count,
  );
  session.dispose();
  return found;
}

function here(row: readonly number[], count: number) {
  const floats = [...Float32Array.from(row)];
  const order = [...floats.keys()]
    .sort((a, b) => (floats[b] as number) - (floats[a] as number) || a - b)
    .slice(0, count);
  const most = Math.max(...floats);
  return {
    order,
    logits: order.map((i) => floats[i]),
    normalizer: most + Math.log(floats.reduce((s, z) => s + Math.exp(z - most), 0)),
  };
}

const rng = Rng.seeded('highest');
const random = (columns: number, draw: () => number) => [0, 1, 2].map(() => Array.from({ length: columns }, draw));

describe('the highest logits of a step', () => {
  it('are found on the device where it supports that', () => {
    const session = openOnTensors(fixed([[0, 1]]), 1);
    expect(session.highest !== undefined).toBe(getBackend() === 'webgpu' || getBackend() === 'tensorflow');
    session.dispose();
  });

  it.each([
    ['few', random(7, () => rng.normal()), 3],
    ['all', random(5, () => rng.normal()), 5],
    ['one', random(33, () => rng.normal()), 1],
    ['of many', random(3000, () => rng.normal(0, 5)), 11],
    ['of equals', random(3000, () => rng.integer(4)), 20],
    ['of the impossible', random(1500, () => (rng.integer(50) === 0 ? rng.normal() : -inf)), 40],
    ['in a vocabulary of one', [[2], [3]], 1],
  ] as const)('%s', async (_, rows, count) => {
    const tensors = memory().numTensors;
    const found = await highest(rows, count);
    expect(memory().numTensors).toBe(tensors);
    for (const [i, row] of found === undefined ? [] : rows.entries()) {
      const { order, logits, normalizer } = here(row, count);
      const [from, to] = [i * count, (i + 1) * count];
      expect([...(found?.logits.subarray(from, to) ?? [])]).toEqual(logits);
      expect([...(found?.tokens.subarray(from, to) ?? [])]).toEqual(order);
      expect(Math.abs((found?.normalizers[i] as number) - normalizer)).toBeLessThan(1e-4);
    }
  });

  it.each([
    ['NaN', [1, Number.NaN, 2, 0]],
    ['+∞', [1, inf, 2, 0]],
    ['−∞ throughout', [-inf, -inf, -inf, -inf]],
  ])('with %s have no normalizer', async (_, row) => {
    const more = Array.from({ length: 900 }, (_, i) => (row[0] === -inf ? -inf : i % 3));
    const found = await highest(
      [
        [1, 2, 3, 4, ...more.map(() => 0)],
        [...row, ...more],
      ],
      2,
    );
    if (found !== undefined) expect([...found.normalizers].map(Number.isNaN)).toEqual([false, true]);
    await expect(generate({ model: fixed([row]), prompts: [[0]], maximumTokens: 2, temperature: 0 })).rejects.toThrow(
      'expected finite logits',
    );
  });
});

// The condition for another backend to do the same; all are correct, but only webgpu and libtensorflow avoid reading whole rows.
it('topk of the backend takes the first in a tie', async () => {
  const rows = random(90, () => rng.integer(5));
  const x = tensor2d(rows);
  const { values, indices } = topk(x, 12);
  const [logits, tokens] = [await values.data(), await indices.data()];
  for (const [i, row] of rows.entries()) {
    const wanted = here(row, 12);
    expect([...logits.slice(i * 12, (i + 1) * 12)]).toEqual(wanted.logits);
    expect([...tokens.slice(i * 12, (i + 1) * 12)]).toEqual(wanted.order);
  }
  for (const tensor of [x, values, indices]) tensor.dispose();
});
