import { Rng } from '@elman/core';
import { countTensors } from '@elman/testkit';
import {
  fill,
  getBackend,
  matMul,
  memory,
  type Tensor2D,
  tensor2d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterAll, expect, it } from 'vitest';
import { kernelReport, multiplyArrays, multiplyOnHeap, useThreads, valuesHere } from '../src/index.ts';
import { haveWorkers } from '../src/simd/workers.ts';

const rng = Rng.seeded(1);
const random = (rows: number, columns: number): Tensor2D => rng.tensor([rows, columns], (r) => r.normal()) as Tensor2D;
const AT_START = [{ a: 0, b: 0, out: 0 }];
const isCompiled = getBackend() === 'wasm' || getBackend() === 'cpu';

afterAll(() => useThreads(1));

it.runIf(isCompiled && haveWorkers())(
  'large products are bit-identical on any number of threads, where there are any',
  async () => {
    for (const [a, b, transposeA, transposeB] of [
      [random(257, 130), random(130, 150), false, false],
      [random(3000, 20), random(3000, 90), true, false],
      [random(90, 500), random(301, 500), false, true],
    ] as const) {
      const [depth, rows] = transposeA ? a.shape : [a.shape[1], a.shape[0]];
      const columns = b.shape[transposeB ? 0 : 1];
      // Not by the op of tfjs, which may use another copy of the package that a test before has left.
      const multiply = async (): Promise<Float32Array> => {
        const product = { rows, depth, columns, transposeA, transposeB };
        const out = zeros([rows, columns]);
        if (multiplyOnHeap({ a, b, out }, product, AT_START)) return (await out.data()) as Float32Array;
        const [left, right, result] = [a, b, out].map(valuesHere) as [Float32Array, Float32Array, Float32Array];
        multiplyArrays({ a: left, b: right, out: result }, product, AT_START);
        return result;
      };
      const product = async (threads: number): Promise<Float32Array> => {
        useThreads(threads);
        // Threads start with a large job; one that has ended meanwhile, with the next.
        do {
          await multiply();
          await new Promise((resolve) => setTimeout(resolve, 1));
        } while (kernelReport().threads < threads);
        return multiply();
      };
      const expected = await product(1);
      for (const threads of [2, 3]) expect(await product(threads)).toEqual(expected);
    }
  },
);

it.runIf(isCompiled)('a row of a product is the same whatever the other rows are, on cpu and wasm', async () => {
  const [a, b] = [random(13, 300), random(300, 45)];
  const whole = (await matMul(a, b).data()) as Float32Array;
  const rows = (await a.data()) as Float32Array;
  for (const count of [1, 2, 3, 4, 5, 7, 8]) {
    for (const row of [0, 3, 5]) {
      const some = tensor2d(rows.slice(row * 300, (row + count) * 300), [count, 300]);
      const wanted = whole.slice(row * 45, (row + count) * 45);
      expect(await matMul(some, b).data()).toEqual(wanted);
      expect(await matMul(transpose(some), b, true).data()).toEqual(wanted);
      expect(await matMul(some, transpose(b), false, true).data()).toEqual(wanted);
    }
  }
});

it('propagates NaN and infinities', async () => {
  const a = tensor2d([Number.NaN, 0, 0, 1, Number.POSITIVE_INFINITY, 0], [3, 2]);
  const b = tensor2d([0, 1, 2, 3, 4, 5], [2, 3]);
  const values = [...(await matMul(a, b).data())];
  expect(values.slice(0, 3).every(Number.isNaN)).toBe(true);
  expect(values.slice(3, 6)).toEqual([3, 4, 5]);
  expect([values[6], values[7], values[8]]).toEqual([Number.NaN, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

it('writes only its result', async () => {
  for (const [rows, depth, columns] of [
    [1, 3, 5],
    [7, 9, 11],
    [13, 1, 3],
    [2, 65, 33],
  ] as const) {
    const before = fill([9], 7);
    const product = matMul(random(rows, depth), random(depth, columns));
    const after = fill([9], 7);
    const again = matMul(random(columns, depth), random(rows, depth), false, true);
    expect([...(await before.data()), ...(await after.data())]).toEqual(Array(18).fill(7));
    expect(product.shape).toEqual([...again.shape].reverse());
  }
});

it.runIf(isCompiled)('a thousand products take no more memory than one', () => {
  const [a, b] = [random(33, 70), random(70, 41)];
  const once = (): void => tidy(() => void matMul(a, b, false, false));
  once();
  const bytes = memory().numBytes;
  expect(
    countTensors(() => {
      for (let i = 0; i < 1000; i++) once();
    }),
  ).toBe(0);
  expect(memory().numBytes).toBe(bytes);
});
