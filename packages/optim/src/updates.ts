import { type Tree, tree } from '@elman/core';
import { addScaledToAll, normOfAll } from '@elman/kernels';
import { add, mul, type Scalar, sqrt, square, stack, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { rowsOf, withLeaves } from './leaves.ts';

/**
 * The parameters after an update: p' = p + scale·u. New tensors; the old ones remain the caller's to dispose.
 *
 * `scale` is a plain number: the `scale` of a plateau, say.
 * @throws {ShapeError} if the trees do not have the same branches.
 */
export function applyUpdates<P extends Tree>(params: P, updates: P, scale = 1): P {
  return tree.tidy(() => {
    const pairs = rowsOf(params, updates).map(({ tensors }) => tensors as [Tensor, Tensor]);
    const next = addScaledToAll(pairs, scale) ?? pairs.map(([p, u]) => add(p, scale === 1 ? u : mul(u, scale)));
    return withLeaves(params, next);
  });
}

/**
 * The global norm, of all leaves as one vector: √Σ x².
 *
 * On the backends cpu and wasm one op that sums in double precision. Elsewhere a norm above 1.8·10¹⁹ overflows float32 and is
 * Infinity, and rows are summed first, then the rows' sums: with a million parameters a single float32 sum would lose digits.
 */
export function globalNorm(of: Tree): Scalar {
  const leaves = tree.leaves(of);
  // Not addN: with eight tensors or more it gives 0 on webgpu, whose shaders take eight buffers.
  return normOfAll(leaves) ?? tidy(() => sqrt(sum(stack(leaves.map(sumOfSquares)))));
}

function sumOfSquares(x: Tensor): Scalar {
  const squares = square(x);
  return sum(x.rank > 1 ? sum(squares, -1) : squares);
}
