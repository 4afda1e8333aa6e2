import type { BatchSource } from '@elman/core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { checkExamples, type Example, type FrameExample, type TokenExample } from './examples.ts';
import { expectPadding, type PaddedBatch, padTogether } from './pad.ts';
import { type PaddedOptions, planned } from './padded.ts';
import { type Groups, planByLength } from './plan-by-length.ts';

/** How sequences are grouped and padded. */
export type BucketedOptions = Groups & Pick<PaddedOptions, 'padding'>;

/**
 * Sequences bucketed by length into batches with little padding.
 *
 * With a `seed`, every epoch in another random order: the examples of each group are shuffled and cut into batches,
 * then the batches of all groups are shuffled. Without one, for validation, every epoch has the groups from short to
 * long, their examples in order. Every example is in exactly one batch of every epoch; the last batch of a group is
 * smaller where the number does not divide.
 *
 * @throws {DataError} as `padded` does; {OptionError} for bad options.
 */
export function bucketed(
  examples: readonly TokenExample[],
  options: BucketedOptions,
): BatchSource<PaddedBatch<Tensor2D, Tensor2D>>;
export function bucketed(
  examples: readonly FrameExample[],
  options: BucketedOptions,
): BatchSource<PaddedBatch<Tensor3D, Tensor3D>>;
export function bucketed(examples: readonly Example[], options: BucketedOptions): BatchSource<PaddedBatch>;
export function bucketed(examples: readonly Example[], options: BucketedOptions): BatchSource<PaddedBatch> {
  const where = 'data: bucketed';
  expectPadding(where, options);
  const kind = checkExamples(where, examples);
  const lengths = examples.map(({ inputs }) => inputs.length);
  const make = (rows: readonly number[]) => padTogether(examples, rows, kind, options);
  return planned(where, make, planByLength(where, lengths, options));
}
