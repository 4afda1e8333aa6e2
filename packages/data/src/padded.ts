import { type BatchSource, expectSizes, Rng } from '@elman/core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { expectBatch } from './check.ts';
import { checkExamples, type Example, type FrameExample, type TokenExample } from './examples.ts';
import { expectPadding, type PaddedBatch, padTogether } from './pad.ts';

/** How sequences are batched. */
export type PaddedOptions = {
  readonly batchSize: number;
  /** Seed that shuffles each epoch anew; without it the order is that of the examples. */
  readonly seed?: number | string | undefined;
  /** The padding id; it is masked, so any id of the vocabulary will do. By default 0. */
  readonly padding?: number | undefined;
  /** Pad every batch to this many time steps, so that all have one shape. By default to its longest sequence. */
  readonly length?: number | undefined;
};

/**
 * Sequences in batches, padded to the longest of each batch, with a mask and lengths.
 *
 * Every example is in exactly one batch of every epoch; the last batch is smaller where the number does not divide.
 *
 * @throws {DataError} for examples that are empty or of different kinds, for ids that are not whole numbers from 0 and for numbers that
 * are not finite; {OptionError} for bad options.
 */
export function padded(
  examples: readonly TokenExample[],
  options: PaddedOptions,
): BatchSource<PaddedBatch<Tensor2D, Tensor2D>>;
export function padded(
  examples: readonly FrameExample[],
  options: PaddedOptions,
): BatchSource<PaddedBatch<Tensor3D, Tensor3D>>;
export function padded(examples: readonly Example[], options: PaddedOptions): BatchSource<PaddedBatch>;
export function padded(examples: readonly Example[], options: PaddedOptions): BatchSource<PaddedBatch> {
  const where = 'data: padded';
  const { batchSize, seed } = options;
  expectSizes(where, { batchSize });
  expectPadding(where, options);
  const kind = checkExamples(where, examples, options.length);
  const make = (rows: readonly number[]) => padTogether(examples, rows, kind, options);
  return planned(where, make, epochOrder(examples.length, batchSize, seed));
}

/** The rows of each batch of an epoch: all rows in an order of the epoch's own, or in order without a seed. */
export function epochOrder(rows: number, batchSize: number, seed: number | string | undefined) {
  return (epoch: number): number[][] => {
    if (seed === undefined) return chunks([...Array(rows).keys()], batchSize);
    return chunks([...Rng.seeded(seed).fork('epoch').fork(epoch).permutation(rows)], batchSize);
  };
}

/** A source whose epochs are planned as lists of rows, with the same number of batches in every epoch. */
export function planned<B>(
  where: string,
  make: (rows: readonly number[]) => B,
  plan: (epoch: number) => readonly number[][],
): BatchSource<B> {
  let latest = { epoch: 0, batches: plan(0) };
  const batchesPerEpoch = latest.batches.length;
  return {
    batchesPerEpoch,
    batch(epoch, index) {
      expectBatch(where, batchesPerEpoch, epoch, index);
      if (latest.epoch !== epoch) latest = { epoch, batches: plan(epoch) };
      return make(latest.batches[index] as number[]);
    },
  };
}

/** Runs of `size`, the last one shorter where they do not divide. */
export function chunks(items: readonly number[], size: number): number[][] {
  const cut: number[][] = [];
  for (let start = 0; start < items.length; start += size) cut.push(items.slice(start, start + size));
  return cut;
}
