import {
  abs,
  add,
  mul,
  neg,
  notEqual,
  relu,
  reshape,
  type Scalar,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { expectLeadingMask, expectSameShape, expectSome } from './expect.ts';
import { type Loss, type MaskOption, meanWeights } from './masked.ts';
import { expectRange } from './range.ts';

/**
 * Mean squared error over the n unmasked numbers, and n.
 *
 *   loss = 1/n Σ (y − t)²
 *
 * Shapes: outputs y and targets t of one shape […]; mask of the same shape or of its first axes ([batch, time], say, and
 * then each real frame counts all its numbers). 0 for a mask of zeros. Differentiable w.r.t. both.
 *
 * @throws {ShapeError} if the shapes do not match, or there are no numbers. {DataError} for a mask with other numbers than
 * 0 and 1, on the backends cpu and wasm.
 */
export function meanSquaredError(outputs: Tensor, targets: Tensor, { mask }: MaskOption = {}): Loss {
  const name = 'meanSquaredError';
  expectSameShape(name, 'targets', targets, outputs.shape);
  if (mask !== undefined) expectLeadingMask(name, mask, outputs.shape);
  expectSome(name, 'outputs', outputs);
  return tidy(() => {
    const { weights, count } = meanWeights(outputs.shape, mask);
    const error = square(blank(sub(outputs, targets), mask));
    return { loss: sum<Scalar>(mul(error, weights)), count };
  });
}

/**
 * Cross-entropy of independent bits, in nats: the mean over the n unmasked numbers, and n.
 *
 *   loss = −1/n Σ t·log σ(z) + (1 − t)·log(1 − σ(z)) = 1/n Σ max(z, 0) − z·t + log(1 + exp(−|z|))
 *   dz   = 1/n · (σ(z) − t)
 *
 * Shapes: logits z and targets t (0 to 1) of one shape […]; mask of the same shape or of its first axes ([batch, time],
 * say, and then each real frame counts all its bits). 0 for a mask of zeros. Targets are constants.
 *
 * @throws {ShapeError} if the shapes do not match, or there are no numbers.
 * @throws {DataError} for an unmasked target outside of 0 to 1, or a mask with other numbers than 0 and 1, on the
 * backends cpu and wasm; elsewhere the check would stall a device.
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor, { mask }: MaskOption = {}): Loss {
  const name = 'binaryCrossEntropy';
  expectSameShape(name, 'targets', targets, logits.shape);
  if (mask !== undefined) expectLeadingMask(name, mask, logits.shape);
  expectSome(name, 'logits', logits);
  expectRange(name, 'targets', targets, [0, 1], { mask, advice: 'give each bit as 0, 1 or a probability' });
  return tidy(() => {
    const { weights, count } = meanWeights(logits.shape, mask);
    const wanted = blank(targets, mask);
    const loss = withGradient<Scalar>(logits, (given, save) => {
      const z = blank(given, mask);
      const nats = add(sub(relu(z), mul(z, wanted)), softplus(neg(abs(z))));
      save([sub(sigmoid(z), wanted), weights]);
      const gradFunc = (dy: Scalar, saved: Tensor[]): Tensor => {
        const [difference, weight] = saved as [Tensor, Tensor];
        return mul(difference, mul(weight, dy));
      };
      return { value: sum(mul(nats, weights)), gradFunc };
    });
    return { loss, count };
  });
}

/** 0 where the mask, over the first axes, is 0. */
function blank(x: Tensor, mask: Tensor | undefined): Tensor {
  if (mask === undefined) return x;
  const trailing = Array<number>(x.rank - mask.rank).fill(1);
  return where(reshape(notEqual(mask, 0), [...mask.shape, ...trailing]), x, zerosLike(x));
}
