import {
  broadcastTo,
  equal,
  gather,
  getBackend,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  maximum,
  minimum,
  notEqual,
  scalar,
  type Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tile,
  where,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { numbers, values } from './numbers.ts';

const read = async (x: Tensor): Promise<number[]> => Array.from(await x.data());

describe('comparisons', () => {
  const shapes: [number[], number[], number[]][] = [
    [
      [2, 3],
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [2, 3],
      [2, 3],
    ],
    [[2, 3], [], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [
      [2, 1, 3, 1],
      [4, 1, 2],
      [2, 4, 3, 2],
    ],
    [
      [2, 3, 2],
      [3, 1],
      [2, 3, 2],
    ],
    [[0, 3], [3], [0, 3]],
    [[], [], []],
  ];
  const whole = (shape: number[], seed: number, dtype: 'float32' | 'int32' | 'bool'): Tensor =>
    tensor(
      numbers(
        shape.reduce((product, size) => product * size, 1),
        seed,
      ).map((value) => (dtype === 'bool' ? +(value > 0) : Math.round(2 * value) + 0)),
      shape,
      dtype,
    );
  const operations = {
    equal: [equal, (x, y) => +(x === y)],
    notEqual: [notEqual, (x, y) => +(x !== y)],
    greater: [greater, (x, y) => +(x > y)],
    greaterEqual: [greaterEqual, (x, y) => +(x >= y)],
    less: [less, (x, y) => +(x < y)],
    lessEqual: [lessEqual, (x, y) => +(x <= y)],
    maximum: [maximum, Math.max],
    minimum: [minimum, Math.min],
    logicalAnd: [logicalAnd, (x, y) => x & y],
    logicalOr: [logicalOr, (x, y) => x | y],
  } as const satisfies { [name: string]: [(a: Tensor, b: Tensor) => Tensor, (x: number, y: number) => number] };

  it.each(Object.entries(operations))('%s', async (name, [operation, wanted]) => {
    const extreme = name === 'maximum' || name === 'minimum';
    const dtypes = name.startsWith('logical') ? (['bool'] as const) : (['float32', 'int32'] as const);
    for (const dtype of dtypes) {
      for (const [left, right, shape] of shapes) {
        const [a, b] = [whole(left, 1, dtype), whole(right, 4, dtype)];
        const y: Tensor = operation(a, b);
        expect([y.dtype, y.shape]).toEqual([extreme ? dtype : 'bool', shape]);
        const [as, bs] = [await read(broadcastTo(a, shape)), await read(broadcastTo(b, shape))];
        expect(await read(y), `[${left}] and [${right}]`).toEqual(as.map((x, i) => wanted(x, bs[i] as number)));
      }
    }
  });

  it('of shapes that do not broadcast throws', () => {
    expect(() => equal(values([2, 3]), values([2]))).toThrow(/broadcast|shape/);
  });
});

describe('repetition', () => {
  const x = (dtype: 'float32' | 'int32' | 'bool'): Tensor => tensor([1, 0, 1, 1, 0, 0], [2, 3], dtype);

  it.each(['float32', 'int32', 'bool'] as const)('tiles %s', async (dtype) => {
    const y = tile(x(dtype), [2, 3]);
    expect([y.dtype, y.shape]).toEqual([dtype, [4, 9]]);
    const rows = [
      [1, 0, 1],
      [1, 0, 0],
    ].map((row) => [...row, ...row, ...row]);
    expect(await read(y)).toEqual([...rows, ...rows].flat());
    expect(await read(tile(x(dtype), [1, 1]))).toEqual(await read(x(dtype)));
    expect(await read(tile(x(dtype), [3, 1]))).toEqual([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0]);
  });

  it('broadcasts rows, columns and what lies between', async () => {
    expect(await read(broadcastTo(tensor2d([[1], [2]]), [2, 5]))).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(await read(broadcastTo(tensor1d([1, 2]), [3, 2]))).toEqual([1, 2, 1, 2, 1, 2]);
    const between = tensor([1, 2, 3, 4], [2, 1, 2]);
    expect(await read(broadcastTo(between, [2, 3, 2]))).toEqual([1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]);
    expect((await broadcastTo(tensor2d([], [0, 1]), [0, 3]).data()).length).toBe(0);
    expect(await read(broadcastTo(scalar(7), [2, 2]))).toEqual([7, 7, 7, 7]);
  });

  it('of the condition of a where', async () => {
    const mask = tensor2d([1, 0], [2, 1], 'bool');
    const y: Tensor = where(mask, tensor([1, 2, 3, 4], [2, 2]), scalar(-1) as Tensor);
    expect(await read(y)).toEqual([1, 2, -1, -1]);
  });
});

describe('gather', () => {
  const count = (shape: number[], dtype: 'float32' | 'int32' | 'bool' = 'float32'): Tensor =>
    tensor(
      Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, i) =>
        dtype === 'bool' ? i % 2 : i,
      ),
      shape,
      dtype,
    );
  const ids = (list: number[], shape: number[]): Tensor => tensor(list, shape, 'int32');

  it.each(['float32', 'int32', 'bool'] as const)('rows of %s', async (dtype) => {
    const y = gather(count([3, 2], dtype), ids([2, 0, 2], [3]));
    expect([y.dtype, y.shape]).toEqual([dtype, [3, 2]]);
    expect(await read(y)).toEqual(dtype === 'bool' ? [0, 1, 0, 1, 0, 1] : [4, 5, 0, 1, 4, 5]);
  });

  it('long rows', async () => {
    const row = (i: number): number[] => Array.from({ length: 20 }, (_, k) => 20 * i + k);
    expect(await read(gather(count([3, 20]), ids([1, 1, 0, 2], [2, 2])))).toEqual([1, 1, 0, 2].flatMap(row));
  });

  it('on an axis within', async () => {
    const y = gather(count([2, 3, 2]), ids([2, 0], [2]), 1);
    expect(y.shape).toEqual([2, 2, 2]);
    expect(await read(y)).toEqual([4, 5, 0, 1, 10, 11, 6, 7]);
    expect(await read(gather(count([2, 3]), ids([2, 0], [2]), -1))).toEqual([2, 0, 5, 3]);
  });

  it('with batch dimensions', async () => {
    const y = gather(count([2, 3, 2]), ids([2, 0, 1, 1], [2, 2]), 1, 1);
    expect(y.shape).toEqual([2, 2, 2]);
    expect(await read(y)).toEqual([4, 5, 0, 1, 8, 9, 8, 9]);
  });

  it('of ids out of range throws where it can be seen', () => {
    if (getBackend() !== 'cpu' && getBackend() !== 'wasm') return;
    expect(() => gather(count([3, 2]), ids([0, 3], [2]))).toThrow(/3 is not in \[0, 2\]/);
    expect(() => gather(count([3, 2]), ids([-1], [1]))).toThrow(/-1 is not in \[0, 2\]/);
  });
});
