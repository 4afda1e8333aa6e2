import type { Cell, Sequence, Tree } from '@elman/core';
import type { EmbeddedInputs } from '@elman/kernels';
import { embedding, expectIds } from '@elman/nn';
import { eye, oneHot, type Tensor2D } from '@tensorflow/tfjs-core';

/** Inputs of a cell: for `unroll`. */
export type TokenInputs = Sequence | EmbeddedInputs;

/** Whether a cell can be run over the output of its `project`. */
export function takesProjected<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
): cell is Cell<P, S> & Required<Pick<Cell<P, S>, 'project'>> {
  return cell.project !== undefined && cell.scan !== undefined;
}

/** `cell.project` of every token of the vocabulary: [vocabSize, projectedSize]. Without a table tokens are one-hot. */
export function projectVocabulary<P extends Tree, S extends Tree>(
  cell: Cell<P, S> & Required<Pick<Cell<P, S>, 'project'>>,
  params: P,
  table: Tensor2D | undefined,
): Tensor2D {
  return cell.project(params, table ?? eye(cell.inputSize));
}

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

/** Rows of a table: ids int32 [batch, time] → [batch, time, size]. */
export function lookUp(table: Tensor2D, ids: Tensor2D): Sequence {
  const [vocabSize, size] = table.shape;
  return embedding({ vocabSize, size }).apply({ table }, ids) as Sequence;
}
