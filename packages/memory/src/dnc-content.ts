import { add, matMul, mul, reshape, rsqrt, softmax, square, sum, type Tensor3D } from '@tensorflow/tfjs-core';

/**
 * Added to squared norms. A slot of zeros has similarity 0; norms below a thousandth reduce the similarity, so that
 * the gradient at zeros stays below a thousand.
 */
const SHORT = 1e-6;

/**
 * Content-based weights of keys with strengths:
 *
 *   C(M, k, β)ᵢ = softmaxᵢ(β·k·Mᵢ / √((|k|² + ε)(|Mᵢ|² + ε)))          ε = 10⁻⁶
 *
 * Shapes: keys [batch, heads, width], as `strongKeys` returns them; memory [batch, slots, width] → [batch, heads, slots].
 */
export function lookUp(memory: Tensor3D, keys: Tensor3D): Tensor3D {
  const [batch, slots] = memory.shape;
  const ofSlots = reshape(inverseLengths(memory), [batch, 1, slots]);
  return softmax(mul(matMul(keys, memory, false, true), ofSlots)) as Tensor3D;
}

/** Keys of length 1, times their strengths: [batch, heads, width] and [batch, heads, 1]. */
export function strongKeys(keys: Tensor3D, strengths: Tensor3D): Tensor3D {
  return mul(keys, mul(strengths, inverseLengths(keys)));
}

/** 1 / √(|x|² + ε): [batch, n, width] → [batch, n, 1]. */
function inverseLengths(x: Tensor3D): Tensor3D {
  return rsqrt(add(sum(square(x), 2, true), SHORT));
}
