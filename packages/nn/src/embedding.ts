import { expectSizes, type Rng } from '@elman/core';
import { gather, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { expectIds } from './expect.ts';
import { normal } from './initializers.ts';

/** Sizes of an embedding. */
export type EmbeddingOptions = {
  readonly vocabSize: number;
  readonly size: number;
  /** Standard deviation of the initial table; 1 by default. Use a small one if the table is tied to the logits. */
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
 * Shapes: ids int32, of any shape […] → y […, size]. Ids are from 0 to vocabSize − 1; that is checked on the
 * backends cpu and wasm, not where it would stall a device.
 * Init:   normal with standard deviation 1.
 * @throws {ShapeError} if the ids are not int32. {DataError} for an id that is out of range, on cpu and wasm.
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
      expectIds(name, 'ids', ids, vocabSize);
      return gather(params.table, ids as Tensor1D);
    },
  };
}
