import {
  cast,
  div,
  maximum,
  mul,
  notEqual,
  reshape,
  type Scalar,
  scalar,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** A mean over unmasked targets, and their number: batches are averaged by weighting `loss` with `count`. */
export type Loss = { readonly loss: Scalar; readonly count: Scalar };

/**
 * 1 = real; where it is 0 a target has no influence on the loss or its gradient, whatever its value (even if NaN).
 * Other numbers are refused on the backends cpu and wasm, and count as 1 elsewhere.
 */
export type MaskOption = { readonly mask?: Tensor | undefined };

/** The weight of each number of a tensor in a mean over the unmasked ones, 1 / count or 0, and their number. */
export interface MeanWeights {
  /** Broadcasts against the tensor: a scalar without a mask. */
  readonly weights: Tensor;
  readonly count: Scalar;
}

/** Weights of a mean over a tensor of `shape`, with a mask over its first axes. All weights are 0 if all is masked. */
export function meanWeights(shape: readonly number[], mask: Tensor | undefined): MeanWeights {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (mask === undefined) return { weights: scalar(1 / size), count: scalar(size) };
  const trailing = Array<number>(shape.length - mask.rank).fill(1);
  const real = reshape(cast(notEqual(mask, 0), 'float32'), [...mask.shape, ...trailing]);
  const count: Scalar = mul(sum(real), size / mask.size);
  return { weights: div(real, maximum(count, 1)), count };
}
