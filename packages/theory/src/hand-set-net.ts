import type { Cell, Tree } from '@elman/core';
import type { DenseParams } from '@elman/nn';

/** A net whose weights were set by hand. */
export interface HandSetNet<P extends Tree, S extends Tree> {
  readonly cell: Cell<P, S>;
  /** Those of `taskModel(cell, task)` of @elman/models: of the cell, and of the linear map of its outputs. Fresh tensors. */
  readonly params: { readonly cell: P; readonly output: DenseParams };
}
