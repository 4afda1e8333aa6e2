import { expectSizes } from '@elman/core';
import { type BlockParams, type BlockState, block, expectRate } from './block.ts';
import { type CausalCell, causalCell } from './causal-cell.ts';

/** Sizes of a temporal block. */
export type TemporalBlockOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Taps of both convolutions; default 2. */
  readonly kernelSize?: number | undefined;
  /** Frames from one tap to the next; default 1. */
  readonly dilation?: number | undefined;
  /** The probability, in training, with which a channel is 0 at all frames; default 0. */
  readonly dropout?: number | undefined;
  /** Default true. */
  readonly weightNorm?: boolean | undefined;
};

/**
 * The residual block of a temporal convolutional network: two dilated causal convolutions.
 *
 *   h = drop(relu(convolve₁(x)))
 *   y = relu(drop(relu(convolve₂(h))) + x)          x·kernel + bias in place of x where sizes differ; y is the output
 *
 * The convolutions are those of `causalConvolution`, with weight norm unless that is off. A `stack` of blocks whose
 * dilations double is a `tcn`, here with sizes of its own for each.
 *
 * Shapes: x [batch, inputSize]; h, y [batch, hiddenSize].
 * Init:   all kernels and biases uniform ±1/√(numbers that an output sees), gains the norms of kernels. (The authors'
 *         code draws kernels from a normal distribution of deviation 0.01, which weight norm replaces by these before
 *         the first step.)
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the dilation is not a positive whole number, or dropout is not in [0, 1).
 * @see Bai, Kolter & Koltun 2018, "An empirical evaluation of generic convolutional and recurrent networks for sequence
 * modeling", figure 1
 */
export function temporalBlock(options: TemporalBlockOptions): CausalCell<BlockParams, BlockState> {
  const { inputSize, hiddenSize, kernelSize = 2, dilation = 1, dropout = 0, weightNorm = true } = options;
  const name = 'temporalBlock';
  const sizes = { inputSize, hiddenSize, kernelSize, dilation };
  expectSizes(name, sizes);
  expectRate(name, dropout);
  const one = block({ ...sizes, dropout, weightNorm });
  return causalCell({
    name,
    inputSize,
    outputSize: hiddenSize,
    receptiveField: 1 + one.reach,
    recipe: { package: '@elman/convolution', factory: name, arguments: [{ ...sizes, dropout, weightNorm }] },
    init: one.init,
    initialState: one.initialState,
    apply: (params, state, x, run) => one.apply(params, state, x, run, run.rng),
  });
}
