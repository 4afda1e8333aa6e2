import type { Cell, Sequence, Tree } from '@elman/core';
import { embedding, expectIds } from '@elman/nn';
import { eye, oneHot, type Tensor2D } from '@tensorflow/tfjs-core';

/** Inputs of a cell: sequences for `unroll`, and whether `cell.project` has been applied. */
export interface TokenInputs {
  readonly inputs: Sequence;
  readonly projected: boolean;
}

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
 * What a cell computes from the input alone is a function of the token: it is computed once per token of the
 * vocabulary and looked up, where that is less work than once for each frame. Both ways are exact.
 *
 * Shapes: ids int32 [batch, time]; table [vocabSize, inputSize], without which tokens are one-hot.
 * @throws {DataError} for an id outside of 0 … vocabSize − 1, on the backends cpu and wasm.
 */
export function tokenInputs<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  params: P,
  table: Tensor2D | undefined,
  ids: Tensor2D,
): TokenInputs {
  const vocabSize = table?.shape[0] ?? cell.inputSize;
  if (takesProjected(cell) && vocabSize <= ids.size) {
    return { inputs: lookUp(projectVocabulary(cell, params, table), ids), projected: true };
  }
  if (table !== undefined) return { inputs: lookUp(table, ids), projected: false };
  expectIds('oneHot', 'ids', ids, vocabSize);
  return { inputs: oneHot(ids, vocabSize, 1, 0, 'float32') as Sequence, projected: false };
}

/** Rows of a table: ids int32 [batch, time] → [batch, time, size]. */
export function lookUp(table: Tensor2D, ids: Tensor2D): Sequence {
  const [vocabSize, size] = table.shape;
  return embedding({ vocabSize, size }).apply({ table }, ids) as Sequence;
}
