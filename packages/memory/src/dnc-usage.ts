import { withoutGradient } from '@elman/core';
import {
  add,
  cast,
  equal,
  exp,
  less,
  linspace,
  log,
  logicalAnd,
  logicalOr,
  matMul,
  mul,
  reshape,
  sub,
  type Tensor2D,
  type Tensor3D,
  unstack,
} from '@tensorflow/tfjs-core';

/**
 * The usage of each slot after the last write, less the slots freed by reads:
 *
 *   u' = (u + w − u⊙w) ⊙ Πᵣ (1 − fᵣ·wᵣ)
 *
 * Shapes: usage u, writeWeights w [batch, slots]; readWeights wᵣ [batch, reads, slots]; freeGates fᵣ [batch, reads, 1].
 */
export function nextUsage(
  usage: Tensor2D,
  writeWeights: Tensor2D,
  readWeights: Tensor3D,
  freeGates: Tensor3D,
): Tensor2D {
  const written: Tensor2D = add(usage, mul(writeWeights, sub(1, usage)));
  const kept = unstack(sub(1, mul(freeGates, readWeights)), 1) as Tensor2D[];
  return kept.reduce<Tensor2D>((product, factor) => mul(product, factor), written);
}

/** Usages are at least this where their logarithms are taken. */
const LEAST = 1e-6;

/**
 * Allocation weights: the least used slot first, the others as far as the previous ones are full.
 *
 *   aᵢ = (1 − uᵢ) Π uⱼ     over the j with uⱼ < uᵢ, or uⱼ = uᵢ and j < i;  u = ε + (1 − ε)·usage, ε = 10⁻⁶
 *
 * Every pair of slots is compared, in place of a sort: one product with a matrix of zeros and ones in the place of an order, a
 * cumulative product and the way back, which lack a correct gradient on some backends. The product is a sum of logarithms,
 * whose gradient Π uⱼ / uₖ is at most 1, since uₖ is one of the factors. The order is a constant.
 *
 * Shapes: usage [batch, slots] → [batch, slots].
 */
export function allocate(usage: Tensor2D): Tensor2D {
  const [batch, slots] = usage.shape;
  const used = add(mul(usage, 1 - LEAST), LEAST);
  const before = withoutGradient(() => emptier(usage));
  const logs = reshape(log(used), [batch, slots, 1]);
  const full = exp(reshape(matMul(before, logs), [batch, slots]));
  return mul(sub(1, used), full) as Tensor2D;
}

/** 1 at [·, i, j] where slot j comes before slot i. */
function emptier(usage: Tensor2D): Tensor3D {
  const [batch, slots] = usage.shape;
  const of = reshape(usage, [batch, slots, 1]);
  const other = reshape(usage, [batch, 1, slots]);
  const place = linspace(0, slots - 1, slots);
  const isEarlier = less(reshape(place, [1, slots]), reshape(place, [slots, 1]));
  return cast(logicalOr(less(other, of), logicalAnd(equal(other, of), isEarlier)), 'float32');
}
