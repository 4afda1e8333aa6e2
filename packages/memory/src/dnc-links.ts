import { add, eye, matMul, mul, reshape, split, sub, sum, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';

/** The temporal order of writes. */
export type DncLinks = {
  /** [batch, slots, slots]: degree to which slot i was written right after slot j, at [·, i, j]. */
  readonly link: Tensor3D;
  /** [batch, slots]: degree to which slot i was the last one written. */
  readonly precedence: Tensor2D;
};

/**
 * The links after a write of weights w:
 *
 *   Lᵢⱼ' = (1 − wᵢ − wⱼ)·Lᵢⱼ + wᵢ·pⱼ     Lᵢᵢ' = 0
 *   p'   = (1 − Σᵢ wᵢ)·p + w
 */
export function nextLinks({ link, precedence }: DncLinks, writeWeights: Tensor2D): DncLinks {
  const [batch, slots] = precedence.shape;
  const to = reshape(writeWeights, [batch, slots, 1]);
  const from = reshape(writeWeights, [batch, 1, slots]);
  const kept = mul(link, sub(sub(1, to), from));
  const made = mul(to, reshape(precedence, [batch, 1, slots]));
  const others = sub(1, eye(slots));
  return {
    link: mul(add(kept, made), others),
    precedence: add(mul(precedence, sub(1, sum(writeWeights, 1, true))), writeWeights),
  };
}

/**
 * The next read weights: the slot written before, the one found by content, or the one written after.
 *
 *   wᵣ' = πᵣ₁·Lᵀ·wᵣ + πᵣ₂·cᵣ + πᵣ₃·L·wᵣ
 *
 * Shapes: readWeights w, content c [batch, reads, slots]; modes π [batch, reads, 3].
 */
export function followLinks(link: Tensor3D, readWeights: Tensor3D, content: Tensor3D, modes: Tensor3D): Tensor3D {
  const [back, same, on] = split(modes, 3, 2) as [Tensor3D, Tensor3D, Tensor3D];
  const earlier = mul(back, matMul(readWeights, link));
  const later = mul(on, matMul(readWeights, link, false, true));
  return add(add(earlier, later), mul(same, content));
}
