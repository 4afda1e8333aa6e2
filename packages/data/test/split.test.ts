import { DataError, OptionError } from '@elman/core';
import { expect, it } from 'vitest';
import { split } from '../src/index.ts';

it('splits into three contiguous parts without remainder', () => {
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

it('never splits a character of a text', () => {
  for (let n = 10; n < 40; n++) {
    const text = '😀'.repeat(n);
    const { train, validation, test } = split(text, { validation: 0.13, test: 0.21 });
    expect(train + validation + test).toBe(text);
    for (const part of [train, validation, test]) expect(part).not.toMatch(/\p{Cs}/u);
  }
});

/** Sorted by class: 60 of a, 30 of b, 9 of c, one of d. */
const sorted = [...Array(100).keys()].map((id) => ({ id, label: id < 60 ? 'a' : id < 90 ? 'b' : id < 99 ? 'c' : 'd' }));
type Item = (typeof sorted)[number];
const shares = (items: readonly Item[]) =>
  ['a', 'b', 'c', 'd'].map((of) => items.filter(({ label }) => label === of).length);
const ids = (items: readonly Item[]) => items.map(({ id }) => id);
const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);

it('shuffles items by a seed', () => {
  const { train, validation, test } = split(sorted, { validation: 0.2, test: 0.1, seed: 1 });
  expect([train.length, validation.length, test.length]).toEqual([70, 20, 10]);
  expect(ascending(ids([...train, ...validation, ...test]))).toEqual(ids(sorted));
  expect(ids(train)).not.toEqual(ascending(ids(train)));
  expect(new Set(validation.map(({ label }) => label)).size).toBeGreaterThan(1);
  expect(split(sorted, { validation: 0.2, test: 0.1, seed: 1 })).toEqual({ train, validation, test });
  expect(ids(split(sorted, { validation: 0.2, test: 0.1, seed: 2 }).validation)).not.toEqual(ids(validation));
});

it('gives each class its share of every part, and keeps some of each for training', () => {
  for (const seed of [undefined, 1, 'two']) {
    const stratify = ({ label }: Item) => label;
    const parts = split(sorted, { validation: 0.2, test: 0.1, seed, stratify });
    expect(shares(parts.validation)).toEqual([12, 6, 2, 0]);
    expect(shares(parts.test)).toEqual([6, 3, 1, 0]);
    expect(shares(parts.train)).toEqual([42, 21, 6, 1]);
    const all = ids([...parts.train, ...parts.validation, ...parts.test]);
    expect(ascending(all)).toEqual(ids(sorted));
    if (seed === undefined) expect(ids(parts.train)).toEqual(ascending(ids(parts.train)));
    else expect(ids(parts.train)).not.toEqual(ascending(ids(parts.train)));
  }
});

it('has parts of the requested sizes where classes are small', () => {
  const items = Array.from({ length: 30 }, (_, i) => i % 10);
  const { train, validation, test } = split(items, { validation: 0.2, test: 0.1, stratify: (item) => item });
  expect([train.length, validation.length, test.length]).toEqual([21, 6, 3]);
  expect(new Set(train).size).toBe(10);
});

it('shuffles no text and no typed array', () => {
  const message = /expected an array of items with seed or stratify, got a (text|typed array); leave them out/;
  for (const items of ['a text of words', new Int32Array(100)]) {
    expect(() => split(items as never, { seed: 1 })).toThrow(message);
    expect(() => split(items as never, { stratify: () => 1 })).toThrow(OptionError);
  }
});

it('holds out 5 % for validation and for test by default', () => {
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
