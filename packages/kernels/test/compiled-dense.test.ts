import { Rng } from '@elman/core';
import { getBackend, memory, type Tensor1D, type Tensor2D, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { type CompiledDense, compileDense, useThreads } from '../src/index.ts';
import { sharedWorkspace } from '../src/simd/workspace.ts';

const runsHere = ['cpu', 'wasm'].includes(getBackend());
const sizes = [1, 3, 7, 17, 65];

/** A layer, its weights as numbers, and its outputs in float64. */
function layerOf(rng: Rng, inputSize: number, outputSize: number) {
  const random = (count: number): Float32Array => Float32Array.from({ length: count }, () => rng.normal());
  const [kernel, bias] = [random(inputSize * outputSize), random(outputSize)];
  const tensors = [tensor2d(kernel, [inputSize, outputSize]), tensor1d(bias)] as [Tensor2D, Tensor1D];
  const layer = compileDense(...tensors) as CompiledDense;
  const exact = (inputs: Float32Array): number[] =>
    Array.from({ length: (inputs.length / inputSize) * outputSize }, (_, i) => {
      const [row, column] = [Math.floor(i / outputSize), i % outputSize];
      let sum = bias[column] as number;
      for (let k = 0; k < inputSize; k++) {
        sum += (inputs[row * inputSize + k] as number) * (kernel[k * outputSize + column] as number);
      }
      return sum;
    });
  const dispose = (): void => {
    layer.dispose();
    for (const tensor of tensors) tensor.dispose();
  };
  return { layer, exact, random, dispose };
}

/** The `count` highest of a row in decreasing order; ties: lower column first. */
const ordered = (row: Float32Array, count: number): number[] =>
  [...row.keys()].sort((a, b) => (row[b] as number) - (row[a] as number) || a - b).slice(0, count);

afterEach(() => vi.restoreAllMocks());

it.runIf(runsHere)('equals the product for any sizes and a varying number of rows', () => {
  const rng = Rng.seeded(1);
  for (const inputSize of [...sizes, 300]) {
    for (const outputSize of sizes) {
      const { layer, exact, random, dispose } = layerOf(rng, inputSize, outputSize);
      for (const rows of [2, 1, 3, 5, 7, 4, 13]) {
        const inputs = random(rows * inputSize);
        const wanted = exact(inputs);
        const found = layer.apply(inputs);
        expect(found.length).toBe(wanted.length);
        for (const [i, value] of wanted.entries()) expect(Math.abs((found[i] as number) - value)).toBeLessThan(1e-4);
      }
      dispose();
    }
  }
});

it.runIf(runsHere)('returns the highest of each row, and log Σ exp of the row', () => {
  const rng = Rng.seeded(2);
  for (const outputSize of [...sizes, 1024, 2500]) {
    const { layer, random, dispose } = layerOf(rng, 5, outputSize);
    for (const rows of [1, 3, 5]) {
      for (const count of [1, 2, 5, outputSize].filter((k) => k <= outputSize)) {
        const inputs = random(rows * 5);
        const all = layer.apply(inputs).slice();
        const { tokens, logits, normalizers } = layer.highest(inputs, count);
        expect([tokens.length, logits.length, normalizers.length]).toEqual([rows * count, rows * count, rows]);
        for (let i = 0; i < rows; i++) {
          const row = all.subarray(i * outputSize, (i + 1) * outputSize);
          const places = ordered(row, count);
          expect([...tokens.subarray(i * count, (i + 1) * count)]).toEqual(places);
          expect([...logits.subarray(i * count, (i + 1) * count)]).toEqual(places.map((place) => row[place]));
          const normalizer = Math.log(row.reduce((sum, z) => sum + Math.exp(z), 0));
          expect(Math.abs((normalizers[i] as number) - normalizer)).toBeLessThan(2e-6);
        }
      }
    }
    dispose();
  }
});

/** The highest of a row of only biases. */
function highestOf(row: readonly number[], count: number) {
  const tensors = [tensor2d(new Float32Array(row.length), [1, row.length]), tensor1d([...row])] as const;
  const layer = compileDense(...tensors) as CompiledDense;
  const { tokens, logits, normalizers } = layer.highest(new Float32Array(1), count);
  const found = { tokens: [...tokens], logits: [...logits], normalizer: normalizers[0] as number };
  layer.dispose();
  for (const tensor of tensors) tensor.dispose();
  return found;
}

it.runIf(runsHere)('breaks ties by the lower column', () => {
  const row = Array.from({ length: 70 }, (_, i) => [0, 2, 1, 2][i % 4] as number);
  expect(highestOf(row, 3).tokens).toEqual([1, 3, 5]);
  expect(highestOf(row, 40)).toMatchObject({ tokens: ordered(Float32Array.from(row), 40) });
});

it.runIf(runsHere)('reports NaN, and handles large numbers', () => {
  const plain = Array.from({ length: 40 }, (_, i) => i / 10);
  for (const place of [0, 20, 39]) {
    expect(highestOf(plain.with(place, Number.NaN), 2).normalizer).toBeNaN();
    const infinite = highestOf(plain.with(place, Number.POSITIVE_INFINITY), 2);
    expect([infinite.normalizer, infinite.logits[0]]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
    const forbidden = highestOf(plain.with(place, Number.NEGATIVE_INFINITY), 2);
    expect(forbidden.tokens).toEqual(place === 39 ? [38, 37] : [39, 38]);
    const others = plain.toSpliced(place, 1).reduce((sum, z) => sum + Math.exp(z), 0);
    expect(forbidden.normalizer).toBeCloseTo(Math.log(others), 5);
  }
  const nothing = highestOf(Array<number>(40).fill(Number.NEGATIVE_INFINITY), 2);
  expect([nothing.normalizer, nothing.logits[0]]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  expect(highestOf([1e30, 3e38, -3e38], 1)).toMatchObject({ tokens: [1], normalizer: Math.fround(3e38) });
  expect(highestOf([1e-40, 0, -1e-40], 1)).toMatchObject({ tokens: [0] });
});

it.runIf(runsHere)('reads inputs in its own memory, which does not grow over a thousand calls', () => {
  const rng = Rng.seeded(3);
  const { layer: first, random, dispose } = layerOf(rng, 9, 700);
  const last = layerOf(rng, 700, 17);
  const inputs = random(5 * 9);
  const middle = first.apply(inputs);
  const wanted = last.layer.apply(middle.slice()).slice();
  const once = (): void => {
    const other = layerOf(rng, 65, 33);
    other.layer.highest(other.random(3 * 65), 4);
    other.dispose();
    expect(last.layer.apply(first.apply(inputs))).toEqual(wanted);
  };
  once();
  const tensors = memory().numTensors;
  const grow = vi.spyOn(WebAssembly.Memory.prototype, 'grow');
  for (let i = 0; i < 1000; i++) once();
  expect(grow).not.toHaveBeenCalled();
  expect(memory().numTensors).toBe(tensors);
  dispose();
  last.dispose();
});

it.runIf(runsHere)('is bit-identical on any number of threads', async () => {
  const rng = Rng.seeded(4);
  const { layer, random, dispose } = layerOf(rng, 300, 2001);
  const inputs = random(5 * 300);
  useThreads(1);
  const alone = layer.apply(inputs).slice();
  for (const threads of [2, 3]) {
    useThreads(threads);
    layer.apply(inputs);
    const started = (): number => sharedWorkspace()?.team.threads ?? 1;
    for (let wait = 0; started() < threads && started() > 1 && wait < 1000; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    for (let i = 0; i < 30; i++) expect(layer.apply(inputs)).toEqual(alone);
  }
  useThreads(1);
  dispose();
});
