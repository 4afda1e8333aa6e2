import { expectSizes, OptionError } from '@elman/core';

/** Which lengths are looked at. */
export type TestLengths = {
  /** The shortest; 1. */
  readonly least?: number | undefined;
  /** The longest there is: `task.hardest?.length`. */
  readonly most?: number | undefined;
  /** How many of them lie from the shortest to the longest trained; 8. */
  readonly inside?: number | undefined;
  /** How many times as long as trained the others are; 1.25, 1.5, 2, 4 and 8. */
  readonly beyond?: readonly number[] | undefined;
};

/**
 * Lengths inside those trained and far beyond them, each once, from the shortest to the longest:
 *
 *   testLengths(40)  // 1 7 12 18 23 29 34 40, 50 60 80 160 320
 *
 * Those inside lie at equal distances, rounded.
 * @throws {OptionError} if a length or number is no positive whole one, or a factor is not above 1.
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
