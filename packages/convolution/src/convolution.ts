import type { Rng } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  customGrad,
  div,
  type GradSaveFunc,
  mul,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Earlier, Run } from './run.ts';

/** Sizes of one convolution within a cell. */
export type Sizes = {
  readonly inputSize: number;
  readonly outputSize: number;
  readonly kernelSize: number;
  readonly dilation: number;
  /** Default false. */
  readonly weightNorm?: boolean | undefined;
};

/**
 * kernel [kernelSize, inputSize, outputSize], the last tap being the current frame; bias [outputSize]; under weight
 * norm gain [outputSize].
 */
export type ConvolutionParams = {
  readonly kernel: Tensor3D;
  readonly bias: Tensor1D;
  readonly gain?: Tensor1D;
};

/** A causal convolution as a part of a cell. */
export interface Convolution {
  /** Frames before the current one that it reaches. */
  readonly reach: number;
  init(rng: Rng): ConvolutionParams;
  initialState(batchSize: number): Earlier;
  apply(params: ConvolutionParams, before: Earlier, x: Tensor2D, run: Run): { y: Tensor2D; next: Earlier };
}

/**
 *   y = bias + Σₖ xₛ·w[k]              s = t − (kernelSize − 1 − k)·dilation
 *   w = kernel, or gain·kernel/‖kernel‖, the norm being over all but the outputs
 */
export function convolution({ inputSize, outputSize, kernelSize, dilation, weightNorm = false }: Sizes): Convolution {
  const reach = (kernelSize - 1) * dilation;
  return {
    reach,
    init(rng) {
      const limit = 1 / Math.sqrt(kernelSize * inputSize);
      const kernel: Tensor3D = uniform(rng.fork('kernel'), [kernelSize, inputSize, outputSize], limit);
      const bias: Tensor1D = uniform(rng.fork('bias'), [outputSize], limit);
      return weightNorm ? { kernel, bias, gain: tidy(() => norms(kernel)) } : { kernel, bias };
    },
    initialState: (batchSize) => (reach === 0 ? {} : { earlier: zeros([batchSize, reach, inputSize]) }),
    apply: (params, before, x, run) => run.convolve(x, { ...params, kernel: weightsOf(params) }, dilation, before),
  };
}

/** Of each output. */
const norms = (kernel: Tensor3D): Tensor1D => sqrt(sum(square(kernel), [0, 1]));

function weightsOf({ kernel, gain }: ConvolutionParams): Tensor3D {
  if (gain === undefined) return kernel;
  return normed(kernel, gain);
}

/**
 * gain·u, for u = kernel/‖kernel‖; with the gradient in closed form, which takes half as many ops: dKernel =
 * gain/‖kernel‖·(dw − u·Σ u·dw).
 */
const normed = customGrad<Tensor3D>((...given: unknown[]) => {
  const [kernel, gain, save] = given as [Tensor3D, Tensor1D, GradSaveFunc];
  const scale = div(gain, norms(kernel));
  save([kernel, gain]);
  const gradFunc = (dw: Tensor3D, [v, g]: Tensor[]): [Tensor, Tensor] => {
    const norm = norms(v as Tensor3D);
    const u = div(v as Tensor3D, norm);
    const along: Tensor1D = sum(mul(u, dw), [0, 1]);
    return [mul(div(g as Tensor1D, norm), sub(dw, mul(u, along))), along];
  };
  return { value: mul(kernel, scale), gradFunc: gradFunc as never };
});
