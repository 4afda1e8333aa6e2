import { type BatchSource, DataError, isFloat32, isId, OptionError, shown } from '@elman/core';
import { bucketed, type Groups, pairBatch } from '@elman/data';
import { dispose, type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';
import type { VectorBatch } from './vector-to-sequence.ts';

/** A vector and its target sequence of ids. */
export type VectorPair = {
  readonly vector: ArrayLike<number>;
  readonly target: ArrayLike<number>;
};

/**
 * Vectors with their sequences, bucketed by length into batches with little padding: each pair is once in every epoch.
 *
 *   the pair v → xy:    vectors v    inputs ∂ x y    targets x y ∂      ∂: the boundary
 *
 * @throws {DataError} for no pairs, vectors of different sizes or with numbers that are not finite, and targets that
 * are not ids. {OptionError} for bad options.
 */
export function vectorPairs(
  examples: readonly VectorPair[],
  { boundary, ...groups }: Groups & { readonly boundary: number },
): BatchSource<VectorBatch> {
  expectPairs('vectorPairs', examples, boundary);
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
 * These pairs as one batch, in their order.
 * @throws {DataError} for no pairs, vectors of different sizes or with numbers that are not finite, and targets that
 * are not ids. {OptionError} for a boundary that is not an id.
 */
export function vectorBatch(examples: readonly VectorPair[], boundary: number): VectorBatch {
  expectPairs('vectorBatch', examples, boundary);
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

function expectPairs(where: string, examples: readonly VectorPair[], boundary: number): void {
  if (!isId(boundary)) throw new OptionError(`${where}: boundary: expected an id, got ${boundary}.`);
  const size = examples[0]?.vector.length;
  if (size === undefined) throw new DataError(`${where}: expected one pair or more, got none.`);
  for (const [i, pair] of examples.entries()) {
    const problem = misfit(pair, size);
    if (problem !== undefined) throw new DataError(`${where}: pair ${i}: ${problem}.`);
  }
}

/** The fault of a pair, if any. */
function misfit({ vector, target }: VectorPair, size: number): string | undefined {
  if (vector.length !== size) return `expected a vector of ${size} numbers as in pair 0, got ${vector.length}`;
  const number = Array.from(vector).findIndex((value) => !isFloat32(value));
  if (number >= 0)
    return `vector: expected numbers that are finite as float32, got ${shown(vector[number])} at ${number}`;
  const id = Array.from(target).findIndex((value) => !isId(value));
  if (id >= 0)
    return `target: expected ids, whole numbers from 0, got ${shown(target[id])} at ${id}; encode it with a tokenizer`;
  return undefined;
}
