import { expectSizes } from '@elman/core';
import { type CausalCell, causalCell } from './causal-cell.ts';
import { type ConvolutionParams, convolution } from './convolution.ts';
import type { Earlier } from './run.ts';

/** Sizes of a causal convolution. */
export type CausalConvolutionOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Number of taps; default 2. */
  readonly kernelSize?: number | undefined;
  /** Frames from one tap to the next; default 1. */
  readonly dilation?: number | undefined;
  /** Whether each output's weights are a gain times a direction; default false. */
  readonly weightNorm?: boolean | undefined;
};

/**
 * A causal convolution over time, dilated or not, as a cell: its state is the frames before the current one that it reaches.
 *
 *   yₜ = bias + Σₖ xₛ·w[k]              s = t − (kernelSize − 1 − k)·dilation; the output
 *   w = kernel, or with weightNorm gain·kernel/‖kernel‖, of each output
 *
 * Frames before the first are 0.
 *
 * Shapes: x [batch, inputSize]; y [batch, hiddenSize]; kernel [kernelSize, inputSize, hiddenSize]; bias, gain [hiddenSize];
 *         earlier [batch, (kernelSize − 1)·dilation, inputSize], the oldest first.
 * Init:   kernel and bias uniform ±1/√(kernelSize·inputSize); gain the norm of the kernel.
 * Cost:   a sequence is one product for each tap over all frames. A step is one product; it copies `earlier`.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the dilation is not a positive whole number.
 * @see van den Oord et al. 2016, "WaveNet: a generative model for raw audio"; weight norm: Salimans & Kingma 2016
 */
export function causalConvolution(options: CausalConvolutionOptions): CausalCell<ConvolutionParams, Earlier> {
  const { inputSize, hiddenSize, kernelSize = 2, dilation = 1, weightNorm = false } = options;
  const name = 'causalConvolution';
  expectSizes(name, { inputSize, hiddenSize, kernelSize, dilation });
  const layer = convolution({ inputSize, outputSize: hiddenSize, kernelSize, dilation, weightNorm });
  return causalCell({
    name,
    inputSize,
    outputSize: hiddenSize,
    receptiveField: 1 + layer.reach,
    recipe: {
      package: '@elman/convolution',
      factory: name,
      arguments: [{ inputSize, hiddenSize, kernelSize, dilation, weightNorm }],
    },
    init: layer.init,
    initialState: layer.initialState,
    apply(params, state, x, run) {
      const { y, next } = layer.apply(params, state, x, run);
      return { y, state: next };
    },
  });
}
