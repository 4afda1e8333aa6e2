import { type BatchSource, expectSizes, OptionError, Rng } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkExamples, type Example, type TokenExample } from './examples.ts';
import type { PaddedBatch } from './pad.ts';
import { chunks, type PaddedOptions, planned } from './padded.ts';

/** How sequences are grouped. */
export type BucketedOptions = Omit<PaddedOptions, 'seed' | 'length'> & {
  readonly seed: number | string;
  /**
   * The longest length of each group, rising; what is longer than the last forms a group more. By default 8, 12, 16, 24,
   * 32, 48 … so that at most a third of a batch is padding, but for short sequences.
   */
  readonly boundaries?: readonly number[] | undefined;
};

/**
 * Sequences in batches of like length, so that little is padding.
 *
 * Each epoch, by its own random numbers: the examples of each group are shuffled and cut into batches, then the batches of
 * all groups are shuffled. Every example is in exactly one batch of every epoch; the last batch of a group is smaller
 * where the number does not divide.
 *
 * @throws {DataError} for examples that are empty or do not fit each other; {OptionError} for bad options.
 */
export function bucketed(
  examples: readonly TokenExample[],
  options: BucketedOptions,
): BatchSource<PaddedBatch<Tensor2D, Tensor2D>>;
export function bucketed(examples: readonly Example[], options: BucketedOptions): BatchSource<PaddedBatch>;
export function bucketed(examples: readonly Example[], options: BucketedOptions): BatchSource<PaddedBatch> {
  const where = 'data: bucketed';
  const { batchSize, seed } = options;
  expectSizes(where, { batchSize });
  checkExamples(where, examples);
  const longest = examples.reduce((length, { inputs }) => Math.max(length, inputs.length), 0);
  const boundaries = options.boundaries ?? halfSteps(longest);
  const isRising = boundaries.every((boundary, i) => boundary > (boundaries[i - 1] ?? 0));
  if (!isRising) {
    throw new OptionError(`${where}: boundaries: expected rising lengths above 0, got ${boundaries.join(', ')}.`);
  }
  const groups: number[][] = Array.from({ length: boundaries.length + 1 }, () => []);
  for (const [i, { inputs }] of examples.entries()) {
    const at = boundaries.findIndex((boundary) => inputs.length <= boundary);
    groups.at(at)?.push(i);
  }
  return planned(where, examples, { padding: options.padding }, (epoch) => {
    const rng = Rng.seeded(seed).fork('epoch').fork(epoch);
    const batches = groups.flatMap((group, i) => chunks(shuffled(group, rng.fork(`group ${i}`)), batchSize));
    return shuffled(batches, rng.fork('batches'));
  });
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
