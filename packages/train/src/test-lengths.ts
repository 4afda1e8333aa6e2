import { expectSizes, OptionError } from '@elman/core';

/** Options of `testLengths`. */
export type TestLengths = {
  /** The shortest; default: 1. */
  readonly least?: number | undefined;
  /** The upper bound, such as `task.hardest?.length`. */
  readonly most?: number | undefined;
  /** The number of lengths from the shortest to the longest trained; default: 8. */
  readonly inside?: number | undefined;
  /** The other lengths, as multiples of the one trained; default: 1.25, 1.5, 2, 4 and 8. */
  readonly beyond?: readonly number[] | undefined;
};

/**
 * Lengths within those trained and far beyond them, without duplicates, in ascending order:
 *
 *   testLengths(40)  // 1 7 12 18 23 29 34 40, 50 60 80 160 320
 *
 * Those within are evenly spaced, rounded.
 * @throws {OptionError} if a length or number is not a positive whole number, or a factor is not above 1.
 */
export function testLengths(trained: number, options: TestLengths = {}): number[] {
  const { least = 1, most, inside = 8, beyond = [1.25, 1.5, 2, 4, 8] } = options;
  expectSizes('testLengths', { trained, least, inside, ...(most !== undefined && { most }) });
  if (least > trained) {
    throw new OptionError(`testLengths: least: expected ${trained} at most, the length trained, got ${least}.`);
  }
  const wrong = beyond.find((factor) => !(factor > 1 && Number.isFinite(factor)));
  if (wrong !== undefined) {
    throw new OptionError(`testLengths: beyond: expected factors above 1, got ${wrong}.`);
  }
  const gap = (trained - least) / Math.max(1, inside - 1);
  const within = Array.from({ length: inside }, (_, i) => (i === inside - 1 ? trained : Math.round(least + i * gap)));
  const lengths = [...within, ...beyond.map((factor) => Math.round(trained * factor))];
  return [...new Set(lengths)].filter((length) => length <= (most ?? length)).sort((a, b) => a - b);
}
