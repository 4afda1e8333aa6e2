import { DataError, OptionError } from '@elman/core';
import { expect, it } from 'vitest';
import { split } from '../src/index.ts';

it('cuts three contiguous parts that are the whole', () => {
  for (const n of [3, 10, 101, 1000]) {
    const items = Int32Array.from({ length: n }, (_, i) => i);
    const { train, validation, test } = split(items, { validation: 0.25, test: 0.2 });
    expect([...train, ...validation, ...test]).toEqual([...items]);
    expect([validation.length, test.length]).toEqual([Math.round(0.25 * n), Math.round(0.2 * n)]);
  }
});

it('takes arrays and texts', () => {
  expect(split(['a', 'b', 'c', 'd'], { validation: 0.25, test: 0.25 })).toEqual({
    train: ['a', 'b'],
    validation: ['c'],
    test: ['d'],
  });
  expect(split('0123456789', { validation: 0.2, test: 0 })).toEqual({ train: '01234567', validation: '89', test: '' });
});

it('never cuts a character of a text', () => {
  for (let n = 10; n < 40; n++) {
    const text = '😀'.repeat(n);
    const { train, validation, test } = split(text, { validation: 0.13, test: 0.21 });
    expect(train + validation + test).toBe(text);
    for (const part of [train, validation, test]) expect(part).not.toMatch(/\p{Cs}/u);
  }
});

it('gives 5 % to validation and to test if not told', () => {
  const { train, validation, test } = split(new Int32Array(200));
  expect([train.length, validation.length, test.length]).toEqual([180, 10, 10]);
});

it('refuses parts that would be empty', () => {
  expect(() => split([1, 2, 3])).toThrow(
    'data: split: 3 items are too few for train, validation 0.05 and test 0.05: validation would be empty. ' +
      'Use more data or other fractions.',
  );
  expect(() => split([], { validation: 0, test: 0 })).toThrow(DataError);
  expect(() => split([1], { validation: 0.9, test: 0 })).toThrow(DataError);
  expect(() => split([1, 2], { validation: 0.5, test: 0.5 })).toThrow(OptionError);
  for (const fraction of [-0.1, 1, Number.NaN]) expect(() => split([1, 2], { test: fraction })).toThrow(OptionError);
});
