import {
  argMax,
  cast,
  div,
  equal,
  maximum,
  mul,
  notEqual,
  reshape,
  type Scalar,
  sum,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { expectTargets } from './expect.ts';
import type { MaskOption } from './masked.ts';

/**
 * The fraction, 0 to 1, of unmasked targets whose id has the largest logit: a count over a count, so that it can be exactly 1.
 *
 * Shapes: logits […, V]; ids int32 […]; mask […], 1 = real. 0 for a mask of zeros. It has no gradient.
 * @throws {ShapeError} if the shapes do not match, the ids are not int32, or there are none.
 * @throws {DataError} for an unmasked id outside of 0 … V − 1, on the backends cpu and wasm.
 */
export function accuracy(logits: Tensor, ids: Tensor, { mask }: MaskOption = {}): Scalar {
  expectTargets('accuracy', logits, ids, mask);
  return tidy(() => {
    const right = cast(equal(reshape(argMax(logits, -1), ids.shape), ids), 'float32');
    if (mask === undefined) return div(sum(right), right.size) as Scalar;
    const real = cast(notEqual(mask, 0), 'float32');
    return div(sum(mul(right, real)), maximum(sum(real), 1)) as Scalar;
  });
}
