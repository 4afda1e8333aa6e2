import { DataError, OptionError } from '@elman/core';

/** What fraction of the items goes where; the rest is for training. */
export type SplitOptions = {
  /** From 0 to below 1; by default 0.05. */
  readonly validation?: number | undefined;
  /** From 0 to below 1; by default 0.05. */
  readonly test?: number | undefined;
};

/** The parts, in the order in which they stood. */
export type Split<T> = { readonly train: T; readonly validation: T; readonly test: T };

/**
 * Three contiguous parts: training first, then validation, then test, so that no window of one part overlaps another.
 *
 *   |validation| = round(validation · n)      |test| = round(test · n)      train: the rest
 *
 * Takes ids (Int32Array), a text (never cut inside a character) or an array, say of sentences; shuffle an array first if
 * its order means something. A fraction of 0 gives an empty part on purpose.
 *
 * @throws {OptionError} if the fractions leave nothing to train on.
 * @throws {DataError} if there are too few items for a part that was asked for.
 */
export function split<T extends Sliceable<T>>(items: T, options: SplitOptions = {}): Split<T> {
  const { validation = 0.05, test = 0.05 } = options;
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
  const n = items.length;
  const testStart = boundary(items, n - Math.round(test * n));
  const validationStart = boundary(items, testStart - Math.round(validation * n));
  const sizes = { train: validationStart, validation: testStart - validationStart, test: n - testStart };
  const wanted = { train: 1 - validation - test, validation, test };
  for (const part of ['train', 'validation', 'test'] as const) {
    if (wanted[part] > 0 && sizes[part] <= 0) {
      throw new DataError(
        `data: split: ${n} items are too few for train, validation ${validation} and test ${test}: ${part} would be ` +
          'empty. Use more data or other fractions.',
      );
    }
  }
  return {
    train: items.slice(0, validationStart),
    validation: items.slice(validationStart, testStart),
    test: items.slice(testStart, n),
  };
}

/** What can be cut: ids, texts, arrays. */
export interface Sliceable<T> {
  readonly length: number;
  slice(start: number, end: number): T;
}

/** One earlier if `at` would part a surrogate pair of a text. */
function boundary(items: unknown, at: number): number {
  if (typeof items !== 'string' || at <= 0 || at >= items.length) return at;
  return (items.codePointAt(at - 1) as number) > 0xffff ? at - 1 : at;
}
