import type { Frame, Rng } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';

/** Of a fully connected layer: kernel [from, to] and bias [to]. */
export type LayerParams = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/** Layers of these sizes, one after the other: kernels uniform ±1/√(their rows), biases 0. */
export function initialLayers(rng: Rng, sizes: readonly number[]): LayerParams[] {
  return sizes.slice(1).map((to, i) => {
    const from = sizes[i] as number;
    return { kernel: uniform(rng.fork(i), [from, to], 1 / Math.sqrt(from)), bias: zeros([to]) };
  });
}

/** x through the layers, each with tanh. */
export const through = (x: Frame, layers: readonly LayerParams[]): Frame =>
  layers.reduce((below: Frame, { kernel, bias }): Frame => tanh(affine({ x: below, kernel, bias })), x);
