import type { Frame, Rng } from '@elman/core';
import { affine } from '@elman/kernels';
import { uniform } from '@elman/nn';
import {
  add,
  matMul,
  mul,
  sigmoid,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tanh,
} from '@tensorflow/tfjs-core';
import { type ConvolutionParams, convolution } from './convolution.ts';
import type { Earlier, Run } from './run.ts';

/** Sizes of a gated block. */
export type GatedSizes = {
  /** Of its input and of its residual output. */
  readonly hiddenSize: number;
  readonly skipSize: number;
  readonly kernelSize: number;
  readonly dilation: number;
  /** Of the vector that it is conditioned on; 0: of none. */
  readonly contextSize: number;
  /** Whether there is no layer above it, which its residual output would go to. */
  readonly isLast: boolean;
};

/** kernel [inputSize, outputSize], bias [outputSize]: a convolution of one tap. */
export type Pointwise = { readonly kernel: Tensor2D; readonly bias: Tensor1D };

/** `gates` is the dilated convolution, to filter and gate; `context` [contextSize, 2·hiddenSize]. */
export type GatedBlockParams = {
  readonly gates: ConvolutionParams;
  /** Of all layers but the last. */
  readonly residual?: Pointwise;
  readonly skip: Pointwise;
  readonly context?: Tensor2D;
};

/** A block of a WaveNet as a part of it; its equations: `waveNet`. */
export interface GatedBlock {
  readonly reach: number;
  init(rng: Rng): GatedBlockParams;
  initialState(batchSize: number): Earlier;
  apply(
    params: GatedBlockParams,
    before: Earlier,
    x: Tensor2D,
    run: Run,
    context: Frame | undefined,
  ): { y: Tensor2D; skip: Tensor2D; next: Earlier };
}

/** Kernel and bias uniform ±1/√inputSize. */
export function pointwise(rng: Rng, inputSize: number, outputSize: number): Pointwise {
  const limit = 1 / Math.sqrt(inputSize);
  return {
    kernel: uniform(rng.fork('kernel'), [inputSize, outputSize], limit),
    bias: uniform(rng.fork('bias'), [outputSize], limit),
  };
}

export function gatedBlock({
  hiddenSize,
  skipSize,
  kernelSize,
  dilation,
  contextSize,
  isLast,
}: GatedSizes): GatedBlock {
  const gates = convolution({ inputSize: hiddenSize, outputSize: 2 * hiddenSize, kernelSize, dilation });
  const limit = 1 / Math.sqrt(contextSize);
  return {
    reach: gates.reach,
    init: (rng) => ({
      gates: gates.init(rng.fork('gates')),
      ...(!isLast && { residual: pointwise(rng.fork('residual'), hiddenSize, hiddenSize) }),
      skip: pointwise(rng.fork('skip'), hiddenSize, skipSize),
      ...(contextSize > 0 && {
        context: uniform(rng.fork('context'), [contextSize, 2 * hiddenSize], limit) as Tensor2D,
      }),
    }),
    initialState: gates.initialState,
    apply(params, before, x, run, context) {
      const { y: seen, next } = gates.apply(params.gates, before, x, run);
      const of = params.context;
      const both = of === undefined ? seen : run.withRows(seen, () => matMul(context as Frame, of), add);
      const part = (i: number): Tensor2D => slice(both, [0, i * hiddenSize], [-1, hiddenSize]);
      const z: Tensor2D = mul(tanh(part(0)), sigmoid(part(1)) as Tensor);
      const y: Tensor2D = params.residual === undefined ? x : add(x, affine({ x: z, ...params.residual }));
      return { y, skip: affine({ x: z, ...params.skip }), next };
    },
  };
}
