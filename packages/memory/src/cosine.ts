import { add, div, matMul, mul, reshape, sqrt, square, sum, type Tensor3D } from '@tensorflow/tfjs-core';

/** Keeps norms, which are divisors, away from 0. */
const TINY = 1e-6;

/**
 * Cosine similarity of keys and slots: cos(k, m) = k·m / (|k|·|m| + ε), with |x| = √(Σx² + ε²), ε = 10⁻⁶.
 *
 * Shapes: keys [batch, heads, width]; memory [batch, slots, width] → [batch, heads, slots].
 */
export function cosine(keys: Tensor3D, memory: Tensor3D): Tensor3D {
  const [batch, slots] = memory.shape;
  const lengths = mul(lengthOf(keys), reshape(lengthOf(memory), [batch, 1, slots]));
  return div(matMul(keys, memory, false, true), add(lengths, TINY));
}

function lengthOf(x: Tensor3D): Tensor3D {
  return sqrt(add(sum(square(x), 2, true), TINY * TINY));
}
