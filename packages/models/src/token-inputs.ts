import type { Cell, Sequence, Tree } from '@elman/core';
import type { EmbeddedInputs } from '@elman/kernels';
import { expectIds } from '@elman/nn';
import { eye, oneHot, type Tensor2D } from '@tensorflow/tfjs-core';

/** Inputs of a cell: for `unroll`. */
export type TokenInputs = Sequence | EmbeddedInputs;

/**
 * Token ids as the inputs of a cell.
 *
 * Shapes: ids int32 [batch, time]; table [vocabSize, inputSize], without which tokens are one-hot.
 * @throws {DataError} for an id outside of 0 … vocabSize − 1, on the backends cpu and wasm.
 */
export function tokenInputs<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  table: Tensor2D | undefined,
  ids: Tensor2D,
): TokenInputs {
  const vocabSize = table?.shape[0] ?? cell.inputSize;
  expectIds(table === undefined ? 'oneHot' : 'embedding', 'ids', ids, vocabSize);
  if (table !== undefined) return { embedding: table, ids };
  // Each row of the identity once, if that is less than each frame.
  if (vocabSize <= ids.size) return { embedding: eye(vocabSize), ids };
  return oneHot(ids, vocabSize, 1, 0, 'float32') as Sequence;
}
