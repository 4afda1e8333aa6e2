import { expectSizes, OptionError, Rng } from '@elman/core';
import { chunks } from './padded.ts';

/** How sequences are grouped by their lengths. */
export type Groups = {
  readonly batchSize: number;
  /** Seed that shuffles each epoch anew; without it all have the same, from short to long. */
  readonly seed?: number | string | undefined;
  /**
   * The longest length of each group, ascending; longer sequences form a further group. By default 8, 12, 16, 24,
   * 32, 48 … so that at most a third of a batch is padding, but for short sequences.
   */
  readonly boundaries?: readonly number[] | undefined;
};

/**
 * The rows of each batch of an epoch. The examples of each group are shuffled and cut into batches, then the batches of all groups
 * are shuffled; without a seed nothing is.
 */
export function planByLength(
  where: string,
  lengths: readonly number[],
  { batchSize, seed, ...options }: Groups,
): (epoch: number) => readonly number[][] {
  expectSizes(where, { batchSize });
  const boundaries = options.boundaries ?? halfSteps(lengths.reduce((longest, length) => Math.max(longest, length), 0));
  const isRising = boundaries.every((boundary, i) => boundary > (boundaries[i - 1] ?? 0));
  if (!isRising) {
    throw new OptionError(`${where}: boundaries: expected rising lengths above 0, got ${boundaries.join(', ')}.`);
  }
  const groups: number[][] = Array.from({ length: boundaries.length + 1 }, () => []);
  for (const [i, length] of lengths.entries()) {
    const at = boundaries.findIndex((boundary) => length <= boundary);
    groups.at(at)?.push(i);
  }
  if (seed === undefined) {
    const inOrder = groups.flatMap((group) => chunks(group, batchSize));
    return () => inOrder;
  }
  return (epoch) => {
    const rng = Rng.seeded(seed).fork('epoch').fork(epoch);
    const batches = groups.flatMap((group, i) => chunks(shuffled(group, rng.fork(`group ${i}`)), batchSize));
    return shuffled(batches, rng.fork('batches'));
  };
}

function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  return Array.from(rng.permutation(items.length), (i) => items[i] as T);
}

/** 8, 12, 16, 24, 32 … up to `longest`. */
function halfSteps(longest: number): number[] {
  const steps: number[] = [];
  for (let power = 8; power < longest; power *= 2) steps.push(power, power * 1.5);
  return steps;
}
