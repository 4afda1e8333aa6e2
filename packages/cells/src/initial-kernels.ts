import type { Rng } from '@elman/core';
import { uniform } from '@elman/nn';
import type { Tensor2D } from '@tensorflow/tfjs-core';

type Sizes = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** The number of rows of the recurrent kernel; default hiddenSize. */
  readonly factors?: number;
};

/** kernel [inputSize, gates·hiddenSize] and recurrentKernel [factors, gates·hiddenSize], uniform ±1/√hiddenSize. */
export function initialKernels(
  rng: Rng,
  { inputSize, hiddenSize, factors = hiddenSize }: Sizes,
  gates: number,
): { readonly kernel: Tensor2D; readonly recurrentKernel: Tensor2D } {
  const limit = 1 / Math.sqrt(hiddenSize);
  return {
    kernel: uniform(rng.fork('kernel'), [inputSize, gates * hiddenSize], limit),
    recurrentKernel: uniform(rng.fork('recurrentKernel'), [factors, gates * hiddenSize], limit),
  };
}
