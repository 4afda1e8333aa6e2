import { Rng } from '@elman/core';
import { countTensors } from '@elman/testkit';
import { getBackend, scalar, type Tensor2D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasSoftmaxCrossEntropy, kernelReport, softmaxCrossEntropyOf, useThreads } from '../src/index.ts';
import { haveWorkers } from '../src/simd/workers.ts';

const runsHere = getBackend() === 'wasm' || getBackend() === 'cpu';

type Case = { readonly logits: number[][]; readonly ids: number[]; readonly weights: number[] };

/** In float64: the loss and its gradient. */
function exact({ logits, ids, weights }: Case, smoothing: number): { loss: number; gradient: number[] } {
  let loss = 0;
  const gradient = logits.flatMap((row, r) => {
    const weight = weights[r] as number;
    if (weight === 0) return row.map(() => 0);
    const most = Math.max(...row);
    const exps = row.map((z) => Math.exp(z - most));
    const sum = exps.reduce((a, b) => a + b);
    const mean = smoothing === 0 ? 0 : row.reduce((a, b) => a + b - most, 0) / row.length;
    loss += weight * (Math.log(sum) - (1 - smoothing) * ((row[ids[r] as number] as number) - most) - smoothing * mean);
    return exps.map((e, i) => weight * (e / sum - (i === ids[r] ? 1 - smoothing : 0) - smoothing / row.length));
  });
  return { loss, gradient };
}

function makeCase(rows: number, columns: number, scale: number): Case {
  const rng = Rng.seeded(columns);
  return {
    logits: Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => Math.fround(scale * rng.normal())),
    ),
    ids: Array.from({ length: rows }, () => rng.integer(columns)),
    weights: Array.from({ length: rows }, (_, i) => (i % 3 === 1 ? 0 : Math.fround(rng.uniform(0.1, 1)))),
  };
}

async function computed({ logits, ids, weights }: Case, labelSmoothing: number) {
  const { loss, gradient } = softmaxCrossEntropyOf({
    logits: tensor2d(logits),
    ids: tensor1d(ids, 'int32'),
    weights: tensor1d(weights),
    labelSmoothing,
  });
  return { loss: (await loss.data())[0] as number, gradient: [...(await gradient.data())] };
}

function expectClose(found: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(found.length).toBe(wanted.length);
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const error = found.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[i] as number))), 0);
  expect(error / Math.max(scale, 0.1)).toBeLessThan(tolerance);
}

it('runs on cpu and wasm alone', () => expect(hasSoftmaxCrossEntropy()).toBe(runsHere));

it.runIf(runsHere).each([1, 2, 3, 4, 7, 64, 65, 1000, 10_000])(
  'equals float64 with %i columns, on cpu and wasm',
  async (columns) => {
    for (const [scale, smoothing] of [
      [1, 0],
      [30, 0.1],
      [1e-3, 0.3],
    ] as const) {
      const given = makeCase(columns > 999 ? 4 : 9, columns, scale);
      const wanted = exact(given, smoothing);
      const found = await computed(given, smoothing);
      expectClose([found.loss], [wanted.loss], 5e-6);
      expectClose(found.gradient, wanted.gradient, 5e-6);
    }
  },
);

it.runIf(runsHere)(
  'handles forbidden tokens, huge logits, and any values in rows of weight 0, on cpu and wasm',
  async () => {
    const forbidden = Number.NEGATIVE_INFINITY;
    const given: Case = {
      logits: [
        [forbidden, 1, 2, forbidden, 0],
        [1e30, -1e30, 0, 0, 0],
        [Number.NaN, Number.NaN, 1, 1, 1],
        [3e38, 3e38, -3e38, 1, 1],
      ],
      ids: [2, 0, 1, 1],
      weights: [1, 1, 0, 1],
    };
    const { loss, gradient } = await computed(given, 0);
    const wanted = exact(given, 0);
    expectClose([loss], [wanted.loss], 1e-6);
    expectClose(gradient, wanted.gradient, 1e-6);
  },
);

it.runIf(runsHere)('equals float64 over more rows than are copied at a time, on cpu and wasm', async () => {
  const given = makeCase(2100, 600, 3);
  const found = await computed(given, 0.1);
  const wanted = exact(given, 0.1);
  expectClose([found.loss], [wanted.loss], 5e-6);
  expectClose(found.gradient, wanted.gradient, 5e-6);
});

it.runIf(runsHere && haveWorkers())('is the same on any number of threads, where there are any', async () => {
  const given = makeCase(301, 130, 2);
  useThreads(1);
  const one = await computed(given, 0.1);
  useThreads(3);
  while (getBackend() === 'cpu' && kernelReport().threads < 3) {
    await computed(given, 0.1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await computed(given, 0.1)).toEqual(one);
  useThreads(1);
});

it.runIf(runsHere)('accepts one weight for all rows, and no rows, on cpu and wasm', async () => {
  const { logits, ids } = makeCase(5, 9, 1);
  const each = await computed({ logits, ids, weights: [0.5, 0.5, 0.5, 0.5, 0.5] }, 0.1);
  const all = await computed({ logits, ids, weights: [0.5] }, 0.1);
  expect(all).toEqual(each);
  const none = { logits: zeros([0, 9]) as Tensor2D, ids: tensor1d([], 'int32'), weights: scalar(1), labelSmoothing: 0 };
  const { loss, gradient } = softmaxCrossEntropyOf(none);
  expect([...(await loss.data())]).toEqual([0]);
  expect(gradient.shape).toEqual([0, 9]);
});

it.runIf(runsHere)('propagates NaN, and stays within its memory with ids out of range, on cpu and wasm', async () => {
  const { loss } = await computed({ logits: [[1, Number.NaN]], ids: [0], weights: [1] }, 0);
  expect(loss).toBeNaN();
  const { gradient } = await computed({ logits: [[0, 0]], ids: [1_000_000], weights: [1] }, 0);
  expect(gradient).toEqual([0.5, 0.5]);
});

it.runIf(runsHere)('allocates only two tensors per call, on cpu and wasm', () => {
  const { logits, ids, weights } = makeCase(5, 7, 1);
  const targets = {
    logits: tensor2d(logits),
    ids: tensor1d(ids, 'int32'),
    weights: tensor1d(weights),
    labelSmoothing: 0,
  };
  const made = countTensors(() => {
    for (let i = 0; i < 1000; i++) {
      const { loss, gradient } = softmaxCrossEntropyOf(targets);
      if (i > 0) for (const tensor of [loss, gradient]) tensor.dispose();
    }
  });
  expect(made).toBe(2);
});
