import { Rng } from '@elman/core';
import { countTensors } from '@elman/testkit';
import {
  fill,
  gather,
  getBackend,
  memory,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tidy,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';

const isWasm = getBackend() === 'wasm';
const isHost = isWasm || getBackend() === 'cpu';
const rng = Rng.seeded('rows');
const read = async (x: Tensor): Promise<number[]> => [...(await x.data())];

/** 23 ids out of 6, so that some repeat and perhaps one is missing. */
function makeCase(width: number): { table: Tensor2D; values: Tensor2D; ids: Tensor1D; names: number[] } {
  const names = Array.from({ length: 23 }, () => rng.integer(6));
  const random = (rows: number): Tensor2D => rng.tensor([rows, width], (r) => r.normal()) as Tensor2D;
  return { table: random(6), values: random(23), ids: tensor1d(names, 'int32'), names };
}

it.runIf(isHost).each([1, 2, 3, 4, 7, 8, 17, 64, 65])(
  'gathers, scatters and sums rows of %i, and writes nothing else, on cpu and wasm',
  async (width) => {
    const { table, values, ids, names } = makeCase(width);
    const between = [fill([5], 7)];
    const results: Tensor[] = [];
    for (const make of [() => gather(table, ids), () => unsortedSegmentSum(values, ids, 6), () => sum(values, 0)]) {
      results.push(make());
      between.push(fill([5], 7));
    }
    const [rows, x] = [await read(table), await read(values)];
    const [found, added, columns] = (await Promise.all(results.map(read))) as [number[], number[], number[]];
    expect(found).toEqual(names.flatMap((id) => rows.slice(id * width, (id + 1) * width)));
    for (let k = 0; k < width; k++) {
      const column = names.map((id, i) => [id, x[i * width + k] as number] as const);
      for (let id = 0; id < 6; id++) {
        const wanted = column.reduce((total, [of, value]) => (of === id ? total + value : total), 0);
        expect(added[id * width + k]).toBeCloseTo(wanted, 4);
      }
      expect(columns[k]).toBeCloseTo(
        column.reduce((total, [, value]) => total + value, 0),
        4,
      );
    }
    for (const guard of between) expect(await read(guard)).toEqual(Array(5).fill(7));
  },
);

it.runIf(isHost)('confines NaN to its row when scattering, on cpu and wasm', async () => {
  const values = fill([2, 2], Number.NaN) as Tensor2D;
  const added = await read(unsortedSegmentSum(values, tensor1d([2, -1], 'int32'), 3));
  expect(added).toEqual([0, 0, 0, 0, Number.NaN, Number.NaN]);
});

it.runIf(isWasm)('a thousand lookups and sums take no more memory than one', () => {
  const { table, values, ids } = makeCase(33);
  const once = (): void =>
    tidy(() => {
      gather(table, ids);
      unsortedSegmentSum(values, ids, 6);
      sum(values, 0);
    });
  once();
  const { numBytes } = memory();
  const made = countTensors(() => {
    for (let i = 0; i < 1000; i++) once();
  });
  expect(made).toBe(0);
  expect(memory().numBytes).toBe(numBytes);
});
