import { OptionError, type Rng } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { add, mul, relu, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { type ConvolutionParams, convolution } from './convolution.ts';
import type { Earlier, Run } from './run.ts';

/** Options of a block, all but the sizes of its input and output with defaults. */
export type BlockSizes = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly kernelSize: number;
  readonly dilation: number;
  readonly dropout: number;
  readonly weightNorm: boolean;
};

/** Of both convolutions; and kernel [inputSize, hiddenSize] and bias of the residual, where sizes differ. */
export type BlockParams = {
  readonly first: ConvolutionParams;
  readonly second: ConvolutionParams;
  readonly residual?: { readonly kernel: Tensor2D; readonly bias: Tensor1D };
};

/** The earlier inputs of both convolutions. */
export type BlockState = { readonly first: Earlier; readonly second: Earlier };

/** A temporal block as a part of a cell; its equations: `temporalBlock`. */
export interface Block {
  readonly reach: number;
  init(rng: Rng): BlockParams;
  initialState(batchSize: number): BlockState;
  apply(params: BlockParams, state: BlockState, x: Tensor2D, run: Run, rng?: Rng): { y: Tensor2D; state: BlockState };
}

export function block({ inputSize, hiddenSize, kernelSize, dilation, dropout, weightNorm }: BlockSizes): Block {
  const outputSize = hiddenSize;
  const first = convolution({ inputSize, outputSize, kernelSize, dilation, weightNorm });
  const second = convolution({ inputSize: hiddenSize, outputSize, kernelSize, dilation, weightNorm });
  return {
    reach: first.reach + second.reach,
    init(rng) {
      const both = { first: first.init(rng.fork('first')), second: second.init(rng.fork('second')) };
      if (inputSize === hiddenSize) return both;
      const limit = 1 / Math.sqrt(inputSize);
      const kernel: Tensor2D = uniform(rng.fork('residual'), [inputSize, hiddenSize], limit);
      const bias: Tensor1D = uniform(rng.fork('residual bias'), [hiddenSize], limit);
      return { ...both, residual: { kernel, bias } };
    },
    initialState: (batchSize) => ({
      first: first.initialState(batchSize),
      second: second.initialState(batchSize),
    }),
    apply(params, state, x, run, rng) {
      const one = first.apply(params.first, state.first, x, run);
      const h = withoutChannels(relu(one.y), dropout, run, rng?.fork('first'));
      const two = second.apply(params.second, state.second, h, run);
      const h2 = withoutChannels(relu(two.y), dropout, run, rng?.fork('second'));
      const residual: Tensor2D = params.residual === undefined ? x : affine({ x, ...params.residual });
      return { y: relu(add(h2, residual)), state: { first: one.next, second: two.next } };
    },
  };
}

/** Dropout of whole channels: the same ones at all frames of a row. */
function withoutChannels(x: Tensor2D, rate: number, run: Run, rng?: Rng): Tensor2D {
  if (rng === undefined || rate === 0) return x;
  return run.withRows(x, (shape) => rng.tensor(shape, (r) => (r.bits() < rate * 2 ** 32 ? 0 : 1 / (1 - rate))), mul);
}

/** Throws unless the rate is a probability below 1. */
export function expectRate(where: string, rate: number): void {
  if (rate >= 0 && rate < 1) return;
  throw new OptionError(`${where}: dropout: expected a rate from 0 to below 1, got ${rate}.`);
}
