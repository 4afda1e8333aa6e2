import { Rng } from '@elman/core';
import { getBackend, memory, scalar, type Tensor, type Tensor1D, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { classCrossEntropyOf } from '../src/index.ts';

const runsHere = getBackend() === 'wasm' || getBackend() === 'cpu';

type Case = {
  readonly size: number;
  readonly bounds: number[];
  readonly x: number[][];
  readonly kernel: number[][];
  readonly bias: number[];
  readonly places: number[];
  readonly weights: number[];
};

function makeCase(seed: number, rows: number, size: number, classes: readonly number[]): Case {
  const rng = Rng.seeded(seed);
  const bounds = [0];
  for (const words of classes) bounds.push((bounds.at(-1) as number) + words);
  const words = bounds.at(-1) as number;
  const matrix = (n: number): number[][] =>
    Array.from({ length: n }, () => Array.from({ length: size }, () => Math.fround(rng.normal())));
  return {
    size,
    bounds,
    x: matrix(rows),
    kernel: matrix(words),
    bias: Array.from({ length: words }, () => Math.fround(rng.normal())),
    places: Array.from({ length: rows }, () => rng.integer(words)),
    weights: Array.from({ length: rows }, (_, i) => (i % 4 === 2 ? 0 : Math.fround(rng.uniform(0.1, 1)))),
  };
}

/** In float64: the loss and its gradients, row by row. */
function exact({ size, bounds, x, kernel, bias, places, weights }: Case) {
  const zeros = (n: number): number[] => Array<number>(n).fill(0);
  const found = {
    loss: [0],
    byX: zeros(x.length * size),
    byKernel: zeros(kernel.length * size),
    byBias: zeros(kernel.length),
  };
  for (const [row, place] of places.entries()) {
    const weight = weights[weights.length === 1 ? 0 : row] as number;
    const end = bounds.findIndex((bound) => bound > place);
    if (weight === 0 || end < 1) continue;
    const [from, to] = [bounds[end - 1] as number, bounds[end] as number];
    const input = x[row] as number[];
    const z = kernel
      .slice(from, to)
      .map((word, i) => word.reduce((sum, w, j) => sum + w * (input[j] as number), bias[from + i] as number));
    const total = z.reduce((sum, value) => sum + Math.exp(value), 0);
    found.loss[0] = (found.loss[0] as number) + weight * (Math.log(total) - (z[place - from] as number));
    for (const [i, value] of z.entries()) {
      const gradient = weight * (Math.exp(value) / total - (from + i === place ? 1 : 0));
      found.byBias[from + i] = (found.byBias[from + i] as number) + gradient;
      for (let j = 0; j < size; j++) {
        const [atX, atKernel] = [row * size + j, (from + i) * size + j];
        found.byX[atX] = (found.byX[atX] as number) + gradient * ((kernel[from + i] as number[])[j] as number);
        found.byKernel[atKernel] = (found.byKernel[atKernel] as number) + gradient * (input[j] as number);
      }
    }
  }
  return found;
}

function run({ size, bounds, x, kernel, bias, places, weights }: Case) {
  const matrix = (rows: number[][]) => Rng.seeded(0).tensor([rows.length, size], next(rows.flat())) as Tensor2D;
  const classOf = Int32Array.from(kernel, (_, word) => bounds.findIndex((bound) => bound > word) - 1);
  return classCrossEntropyOf({
    x: matrix(x),
    kernel: matrix(kernel),
    bias: tensor1d(bias),
    places: tensor1d(places, 'int32'),
    weights: weights.length === 1 ? scalar(weights[0] as number) : (tensor1d(weights) as Tensor1D),
    bounds: Int32Array.from(bounds),
    classOf,
  });
}

/** The numbers one by one. */
function next(values: number[]): () => number {
  let i = 0;
  return () => values[i++] as number;
}

async function expectExact(given: Case): Promise<void> {
  const wanted = exact(given);
  for (const [name, tensor] of Object.entries(run(given)) as [keyof typeof wanted, Tensor][]) {
    const values = [...(await tensor.data())];
    expect(values.length).toBe(wanted[name].length);
    const scale = Math.max(1, ...wanted[name].map(Math.abs));
    const error = values.reduce((most, value, i) => Math.max(most, Math.abs(value - (wanted[name][i] as number))), 0);
    expect(error / scale, name).toBeLessThan(5e-6);
  }
}

it.runIf(runsHere)('equals float64: ragged classes, classes without targets, rows without weight', async () => {
  await expectExact(makeCase(1, 23, 7, [3, 1, 12, 5, 1, 30, 2]));
  await expectExact(makeCase(2, 40, 33, [1, 2, 300, 9]));
  await expectExact(makeCase(3, 2, 5, [4, 4, 4, 4]));
  await expectExact(makeCase(4, 9, 4, [20]));
  await expectExact({ ...makeCase(5, 9, 4, [3, 8]), weights: [0.25] });
});

it.runIf(runsHere)('is 0, with gradients of 0, where no row counts, and leaves out targets out of range', async () => {
  const given = makeCase(6, 6, 4, [3, 8]);
  await expectExact({ ...given, weights: [0] });
  await expectExact({ ...given, places: [-1, 11, 1_000_000, 2, 9, 10] });
});

it.runIf(runsHere)('makes four tensors and no others', () => {
  const given = makeCase(7, 6, 4, [3, 8]);
  run(given);
  const before = memory().numTensors;
  run(given);
  expect(memory().numTensors - before).toBe(9); // And its five inputs.
});
