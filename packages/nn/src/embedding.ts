import { expectSizes, type Rng } from '@elman/core';
import { gather, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { expectInt32 } from './expect.ts';
import { normal } from './initializers.ts';

/** Sizes of an embedding. */
export type EmbeddingOptions = {
  readonly vocabSize: number;
  readonly size: number;
  /** Standard deviation of the initial table; 1 by default. Take a small one where the table is tied to the logits. */
  readonly deviation?: number | undefined;
};

/** table [vocabSize, size]. */
export type EmbeddingParams = { readonly table: Tensor2D };

/** An embedding. */
export interface Embedding {
  readonly name: string;
  readonly vocabSize: number;
  readonly size: number;
  init(rng: Rng): EmbeddingParams;
  /** ids int32 […] to […, size]. */
  apply(params: EmbeddingParams, ids: Tensor): Tensor;
}

/**
 * A learned vector for each id.
 *
 *   y = table[id]
 *
 * Shapes: ids int32, of any shape […] → y […, size]. Ids are from 0 to vocabSize − 1; that is not checked, as it would
 * stall the device.
 * Init:   normal with standard deviation 1.
 * @throws {ShapeError} if the ids are not int32.
 */
export function embedding(options: EmbeddingOptions): Embedding {
  const { vocabSize, size, deviation = 1 } = options;
  const name = 'embedding';
  expectSizes(name, { vocabSize, size });
  return {
    name,
    vocabSize,
    size,
    init: (rng) => ({ table: normal(rng.fork('table'), [vocabSize, size], deviation) }),
    apply(params, ids) {
      expectInt32(name, 'ids', ids);
      return gather(params.table, ids as Tensor1D);
    },
  };
}
