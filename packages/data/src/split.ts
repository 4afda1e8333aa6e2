import { DataError, OptionError } from '@elman/core';
import { type Sizes, type Split, splitRows } from './split-rows.ts';

/** The held-out fractions; the rest is for training. */
export type SplitOptions = {
  /** From 0 to below 1; by default 0.05. */
  readonly validation?: number | undefined;
  /** From 0 to below 1; by default 0.05. */
  readonly test?: number | undefined;
};

/** How an array of independent items, such as examples, is split. */
export type ItemSplitOptions<T> = SplitOptions & {
  /** Shuffles the items first, by this seed. */
  readonly seed?: number | string | undefined;
  /** The class of an item: every class has the same share of every part, as far as possible, and some items in training. */
  readonly stratify?: ((item: T) => unknown) | undefined;
};

/**
 * Three parts. By default they are contiguous: training first, then validation, then test, so that no window of one part overlaps another,
 * and held-out data come after the training data.
 *
 *   |validation| = round(validation · n)      |test| = round(test · n)      train: the rest
 *
 * Takes ids or numbers (a typed array), a text (never cut inside a character) or an array, such as sentences. An array
 * of examples whose order matters (a file sorted by class) needs a `seed`, which shuffles it, or `stratify`, which
 * splits each class separately:
 *
 *   split(examples, { validation: 0.1, test: 0, seed: 1, stratify: ({ targets }) => targets })
 *
 * A fraction of 0 gives an empty part.
 *
 * @throws {OptionError} if the fractions leave nothing to train on, or a text or typed array is to be shuffled.
 * @throws {DataError} if there are too few items for a requested part.
 */
export function split<T>(items: readonly T[], options?: ItemSplitOptions<T>): Split<T[]>;
export function split<T extends Sliceable<T>>(items: T, options?: SplitOptions): Split<T>;
export function split(items: Sliceable<unknown>, options: ItemSplitOptions<unknown> = {}): Split<unknown> {
  const { validation = 0.05, test = 0.05, seed, stratify } = options;
  for (const [name, fraction] of Object.entries({ validation, test })) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new OptionError(`data: split: ${name}: expected a fraction from 0 to below 1, got ${fraction}.`);
    }
  }
  if (validation + test >= 1) {
    throw new OptionError(
      `data: split: validation ${validation} + test ${test} leave nothing to train on; their sum must be below 1.`,
    );
  }
  const wanted = { train: 1 - validation - test, validation, test };
  const sizes = { validation: Math.round(validation * items.length), test: Math.round(test * items.length) };
  const parts = seed === undefined && stratify === undefined ? inOrder(items, sizes) : ofItems(items, sizes, options);
  for (const part of ['train', 'validation', 'test'] as const) {
    if (wanted[part] > 0 && parts[part].length <= 0) {
      throw new DataError(
        `data: split: ${items.length} items are too few for train, validation ${validation} and test ${test}: ${part} would ` +
          'be empty. Use more data or other fractions.',
      );
    }
  }
  return parts;
}

/** Contiguous parts, in the given order. */
function inOrder<T extends Sliceable<unknown>>(items: T, { validation, test }: Sizes): Split<T> {
  const testStart = boundary(items, items.length - test);
  const validationStart = Math.max(0, boundary(items, testStart - validation));
  const slice = (start: number, end: number) => items.slice(start, end) as T;
  return {
    train: slice(0, validationStart),
    validation: slice(validationStart, testStart),
    test: slice(testStart, items.length),
  };
}

/** Parts of shuffled or stratified items. */
function ofItems(
  items: Sliceable<unknown>,
  sizes: Sizes,
  { seed, stratify }: ItemSplitOptions<unknown>,
): Split<unknown[]> {
  if (!Array.isArray(items)) {
    const given = typeof items === 'string' ? 'a text' : 'a typed array';
    throw new OptionError(
      `data: split: expected an array of items with seed or stratify, got ${given}; leave them out, or split its lines, say.`,
    );
  }
  const rows = splitRows(stratify === undefined ? items.length : items.map(stratify), sizes, seed);
  const pick = (chosen: readonly number[]): unknown[] => chosen.map((row) => items[row]);
  return { train: pick(rows.train), validation: pick(rows.validation), test: pick(rows.test) };
}

/** What can be split: ids, texts, arrays. */
export interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end: number): T;
}

/** One earlier if `at` would split a surrogate pair of a text. */
function boundary(items: unknown, at: number): number {
  if (typeof items !== 'string' || at <= 0 || at >= items.length) return at;
  return (items.codePointAt(at - 1) as number) > 0xffff ? at - 1 : at;
}
