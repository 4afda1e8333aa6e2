import type { Frame } from '@elman/core';
import { layerNorm } from '@elman/nn';
import { type Tensor1D, zeros } from '@tensorflow/tfjs-core';

/** Layer normalisation without a bias: x [batch, size] and gain [size] to gain∘(x − mean(x)) / √(variance(x) + epsilon). */
export function scaledNorm(size: number, epsilon: number): (x: Frame, gain: Tensor1D) => Frame {
  const norm = layerNorm({ size, epsilon });
  return (x, gain) => norm.apply({ gain, bias: zeros([size]) }, x);
}
