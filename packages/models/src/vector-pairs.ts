import { type BatchSource, DataError } from '@elman/core';
import { bucketed, type Groups, pairBatch } from '@elman/data';
import { dispose, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { VectorBatch } from './vector-to-sequence.ts';

/** A vector and the sequence of ids that is wanted of it. */
export type VectorPair = {
  readonly vector: ArrayLike<number>;
  readonly target: ArrayLike<number>;
};

/**
 * Vectors with their sequences in batches of like length, so that little is padding: each pair is once in every epoch.
 *
 *   the pair v → xy:    vectors v    inputs ∂ x y    targets x y ∂      ∂: the boundary
 *
 * @throws {DataError} for no pairs, or vectors of different sizes. {OptionError} for bad options.
 */
export function vectorPairs(
  examples: readonly VectorPair[],
  { boundary, ...groups }: Groups & { readonly boundary: number },
): BatchSource<VectorBatch> {
  expectVectors('vectorPairs', examples);
  const rows = examples.map(({ target }) => {
    const ids = Array.from(target);
    return { inputs: [boundary, ...ids], targets: [...ids, boundary] };
  });
  const { batchesPerEpoch, batch } = bucketed(rows, groups);
  return {
    batchesPerEpoch,
    batch(epoch, index) {
      const { inputs, targets, mask, lengths, examples: chosen } = batch(epoch, index);
      lengths.dispose();
      return { vectors: vectorsOf(chosen.map((row) => examples[row] as VectorPair)), inputs, targets, mask };
    },
  };
}

/**
 * These as one batch, in their order.
 * @throws {DataError} for no pairs, or vectors of different sizes. {OptionError} for a boundary that is no id.
 */
export function vectorBatch(examples: readonly VectorPair[], boundary: number): VectorBatch {
  expectVectors('vectorBatch', examples);
  const { sources, sourceMask, ...rest } = pairBatch(
    examples.map(({ target }) => ({ source: [0], target })),
    boundary,
  );
  dispose([sources, sourceMask]);
  return { ...rest, vectors: vectorsOf(examples) };
}

function vectorsOf(examples: readonly VectorPair[]): Tensor2D {
  const size = examples[0]?.vector.length ?? 0;
  const values = new Float32Array(examples.length * size);
  for (const [row, { vector }] of examples.entries()) values.set(vector, row * size);
  return tensor2d(values, [examples.length, size]);
}

function expectVectors(where: string, examples: readonly VectorPair[]): void {
  const size = examples[0]?.vector.length;
  if (size === undefined) throw new DataError(`${where}: expected one pair or more, got none.`);
  const wrong = examples.findIndex(({ vector }) => vector.length !== size);
  if (wrong < 0) return;
  throw new DataError(
    `${where}: pair ${wrong}: expected a vector of ${size} numbers as in pair 0, got ${examples[wrong]?.vector.length}.`,
  );
}
