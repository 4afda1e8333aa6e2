import type { BatchSource } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkExamples, type Example, type TokenExample } from './examples.ts';
import { type PaddedBatch, padTogether } from './pad.ts';
import { type PaddedOptions, planned } from './padded.ts';
import { type Groups, planByLength } from './plan-by-length.ts';

/** How sequences are grouped and filled up. */
export type BucketedOptions = Groups & Pick<PaddedOptions, 'padding'>;

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
  checkExamples(where, examples);
  const lengths = examples.map(({ inputs }) => inputs.length);
  const make = (rows: readonly number[]) => padTogether(examples, rows, options);
  return planned(where, make, planByLength(where, lengths, options));
}
