import type { Frame } from '@elman/core';
import { add, div, relu, sqrt, type Tensor1D } from '@tensorflow/tfjs-core';

/** Added to squares, so that gradients exist at 0. */
const SMOOTH = 1e-5;

/**
 * By what modReLU multiplies numbers of those squares: moduli are shifted by a bias and rectified, signs (of complex numbers: phases) are
 * kept. A bias of 0 changes nothing.
 *
 *   z' = z·relu(|z| + bias) / |z|           |z| = √(z² + 1e-5)
 *
 * @see Arjovsky, Shah & Bengio 2016
 */
export function modreluFactor(squares: Frame, bias: Tensor1D): Frame {
  const modulus = sqrt(add<Frame>(squares, SMOOTH));
  return div(relu(add(modulus, bias)), modulus);
}
