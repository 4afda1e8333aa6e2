import { DataError } from '@elman/core';
import { expect, it } from 'vitest';
import { readIdx } from '../src/index.ts';
import { idxBytes } from './idx-bytes.ts';

it('reads every type of numbers, the highest byte first', () => {
  const cases = [
    [8, Uint8Array, [0, 1, 127, 255]],
    [9, Int8Array, [0, 1, -1, -128]],
    [11, Int16Array, [0, 258, -2, -32768]],
    [12, Int32Array, [0, 16909060, -2, -2147483648]],
    [13, Float32Array, [0, 0.5, -1.25, 3e38]],
    [14, Float64Array, [0, Math.PI, -1e300, Number.MIN_VALUE]],
  ] as const;
  for (const [type, Values, numbers] of cases) {
    const { shape, values } = readIdx(idxBytes(type, [2, 2], numbers));
    expect(shape).toEqual([2, 2]);
    expect(values).toEqual(Values.from(numbers));
  }
  expect([...idxBytes(12, [1], [16909060])]).toEqual([0, 0, 12, 1, 0, 0, 0, 1, 1, 2, 3, 4]);
});

it('reads a view of a larger buffer, and copies it', () => {
  const bytes = idxBytes(8, [3], [7, 8, 9]);
  const around = new Uint8Array(bytes.length + 9).fill(77);
  around.set(bytes, 5);
  const { values } = readIdx(around.subarray(5, 5 + bytes.length));
  around.fill(0);
  expect([...values]).toEqual([7, 8, 9]);
  const odd = readIdx(new Uint8Array([...[1, 2, 3], ...idxBytes(11, [2], [5, -6])]).subarray(3));
  expect([...odd.values]).toEqual([5, -6]);
});

it('reads axes of size 0, and many axes', () => {
  expect(readIdx(idxBytes(8, [0, 28, 28], []))).toEqual({ shape: [0, 28, 28], values: new Uint8Array(0) });
  expect(readIdx(idxBytes(8, [1, 2, 1, 1, 2], [1, 2, 3, 4])).shape).toEqual([1, 2, 1, 1, 2]);
});

it('refuses invalid files', () => {
  const good = idxBytes(8, [2, 2], [1, 2, 3, 4]);
  const bad: readonly (readonly [Uint8Array, string])[] = [
    [
      new Uint8Array(0),
      'expected an IDX file, which starts with 00 00, a type (08, 09, 0b to 0e) and its axes, got nothing.',
    ],
    [Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'got 89 50 4e 47.'],
    [Uint8Array.of(0, 0, 10, 1, 0, 0, 0, 0), 'got 00 00 0a 01.'],
    [Uint8Array.of(0, 0, 8, 0), 'got 00 00 08 00.'],
    [Uint8Array.of(0x1f, 0x8b, 8, 0), 'expected an IDX file, got one packed by gzip; unpack it first.'],
    [good.subarray(0, 9), 'expected the sizes of 2 axes, got 9 bytes in all; it is cut off.'],
    [good.subarray(0, 15), 'expected 16 bytes for [2, 2], got 15; it is cut off.'],
    [Uint8Array.of(...good, 5), 'expected 16 bytes for [2, 2], got 17; it is another file.'],
    [Uint8Array.of(0, 0, 14, 2, 255, 255, 255, 255, 255, 255, 255, 255), 'it is cut off.'],
    ['text' as unknown as Uint8Array, 'expected a Uint8Array of an IDX file, got string.'],
  ];
  for (const [bytes, message] of bad) {
    expect(() => readIdx(bytes, 'digits.idx')).toThrow(message);
    expect(() => readIdx(bytes, 'digits.idx')).toThrow(/^digits\.idx: /);
    expect(() => readIdx(bytes)).toThrow(DataError);
  }
});
