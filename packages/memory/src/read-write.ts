import {
  add,
  matMul,
  mul,
  reshape,
  sigmoid,
  slice,
  split,
  sub,
  type Tensor2D,
  type Tensor3D,
  tanh,
} from '@tensorflow/tfjs-core';

/**
 * The write of all heads: first all erase, then all add.
 *
 *   M' = M ⊙ Πₕ (1 − wₕ·σ(eₕ)ᵀ) + Σₕ wₕ·tanh(aₕ)ᵀ
 *
 * Shapes: memory [batch, slots, width]; weights [batch, heads, slots]; vectors [batch, 2·heads·width], all e, then all a.
 */
export function writeTo(memory: Tensor3D, weights: Tensor3D, vectors: Tensor2D): Tensor3D {
  const [batch, slots, width] = memory.shape;
  const heads = weights.shape[1];
  const [erase, addition] = split(vectors, 2, 1) as [Tensor2D, Tensor2D];
  const erased: Tensor3D = reshape(sigmoid(erase), [batch, heads, width]);
  const added: Tensor3D = reshape(tanh(addition), [batch, heads, width]);
  let kept = memory;
  for (let head = 0; head < heads; head++) {
    const place = reshape(slice(weights, [0, head, 0], [-1, 1, -1]), [batch, slots, 1]);
    kept = mul(kept, sub(1, mul(place, slice(erased, [0, head, 0], [-1, 1, -1]))));
  }
  return add(kept, matMul(weights, added, true));
}

/** r = Σᵢ wᵢ·Mᵢ for each head: memory [batch, slots, width], weights [batch, heads, slots] → [batch, heads, width]. */
export function readFrom(memory: Tensor3D, weights: Tensor3D): Tensor3D {
  return matMul(weights, memory);
}
