import { type Tree, tree } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * The leaves of trees of the same structure, path by path, in a fixed order.
 * @throws {ShapeError} if the trees do not have the same branches.
 */
export function rowsOf(...trees: readonly Tree[]): { readonly path: string; readonly tensors: readonly Tensor[] }[] {
  const rows: { path: string; tensors: readonly Tensor[] }[] = [];
  tree.zipAll(trees, (tensors, path) => {
    rows.push({ path, tensors });
    return tensors[0] as Tensor;
  });
  return rows;
}

/** A tree of the structure of `like` with these leaves, in that order. */
export function withLeaves<T extends Tree>(like: T, leaves: readonly Tensor[]): T {
  const rest = leaves.values();
  return tree.map(like, () => rest.next().value as Tensor);
}
