import { expectShape, expectSizes, type Rng, type Sequence } from '@elman/core';
import { dilatedConvolution } from '@elman/kernels';
import {
  pad,
  reshape,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { expectSome } from './expect.ts';
import { glorotUniform } from './initializers.ts';

/** Sizes of a causal convolution. */
export type CausalConv1dOptions = {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Number of taps. */
  readonly kernelSize: number;
  /** Frames from one tap to the next; 1 by default. */
  readonly dilation?: number | undefined;
};

/** kernel [kernelSize, inputSize, outputSize], the last tap being the present; bias [outputSize]. */
export type CausalConv1dParams = { readonly kernel: Tensor3D; readonly bias: Tensor1D };

/** A causal convolution over time. */
export interface CausalConv1d {
  readonly name: string;
  readonly inputSize: number;
  readonly outputSize: number;
  /** The receptive field in frames, the present one included: 1 + (kernelSize − 1)·dilation. */
  readonly receptiveField: number;
  init(rng: Rng): CausalConv1dParams;
  /** [batch, time, inputSize] to [batch, time, outputSize]. */
  apply(params: CausalConv1dParams, inputs: Sequence): Sequence;
}

/**
 * Causal convolution over time: it depends on no later frames; padding before the first frame is 0.
 *
 *   yₜ = bias + Σₖ xₜ₋ₛ·kernel[k]      s = (kernelSize − 1 − k)·dilation
 *
 * Shapes: x [batch, time, inputSize] → y [batch, time, outputSize].
 * Init:   kernel Glorot uniform over all taps, bias 0.
 *
 * One product for each tap (`dilatedConvolution` of `@elman/kernels`). As a cell, with a state: `@elman/convolution`.
 *
 * @throws {ShapeError} if x is not [batch, time, inputSize], or is empty.
 * @see van den Oord et al. 2016 (WaveNet); Bai, Kolter & Koltun 2018 (TCN)
 */
export function causalConv1d(options: CausalConv1dOptions): CausalConv1d {
  const { inputSize, outputSize, kernelSize, dilation = 1 } = options;
  const name = 'causalConv1d';
  expectSizes(name, { inputSize, outputSize, kernelSize, dilation });
  const reach = (kernelSize - 1) * dilation;
  return {
    name,
    inputSize,
    outputSize,
    receptiveField: 1 + reach,
    init: (rng) => ({
      kernel: glorotUniform(rng.fork('kernel'), [kernelSize, inputSize, outputSize]),
      bias: zeros([outputSize]),
    }),
    apply(params, inputs) {
      expectShape(name, 'inputs', inputs, { batch: undefined, time: undefined, inputSize });
      expectSome(name, 'inputs', inputs);
      const [batch, time] = inputs.shape;
      return tidy(() => {
        const padded: Tensor3D = pad(inputs, [
          [0, 0],
          [reach, 0],
          [0, 0],
        ]);
        // Frames of all rows take turns, time first: one convolution over rows, with as many times the dilation.
        const x: Tensor2D = reshape(transpose(padded, [1, 0, 2]), [(reach + time) * batch, inputSize]);
        const y = dilatedConvolution({ x, kernel: params.kernel, bias: params.bias, dilation: dilation * batch });
        return transpose(reshape(y, [time, batch, outputSize]) as Tensor3D, [1, 0, 2]);
      });
    },
  };
}
