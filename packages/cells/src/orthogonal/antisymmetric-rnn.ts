import { type Cell, expectSizes, type Frame, OptionError, type Step } from '@elman/core';
import { normal } from '@elman/nn';
import {
  add,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor1D,
  type Tensor2D,
  tanh,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';

/** Sizes and dynamics of an antisymmetric RNN. */
export type AntisymmetricRnnOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** ε, the step of the differential equation; default 0.1. */
  readonly stepSize?: number | undefined;
  /** γ, which makes the discrete steps stable; default 0.01. */
  readonly diffusion?: number | undefined;
  /** Whether a gate scales each step; default false. */
  readonly gated?: boolean | undefined;
};

/**
 * kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]; gated, kernel and bias have
 * 2·hiddenSize columns, of z and of the step.
 */
export type AntisymmetricRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type AntisymmetricRnnState = { readonly h: Frame };

/**
 * Antisymmetric RNN: Euler steps of a differential equation that neither forgets nor explodes.
 *
 *   a = h·(recurrentKernel − recurrentKernelᵀ) − γ·h
 *   h' = h + ε·tanh(x·kernel + bias + a)              output = h'
 *
 * and gated, with the same a in both:
 *
 *   xz, xh = split(x·kernel + bias)
 *   h' = h + ε·σ(xz + a)∘tanh(xh + a)
 *
 * Eigenvalues of recurrentKernel − recurrentKernelᵀ − γI, the Jacobian of the equation at 0, have the real part −γ.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernel normal of variance 1/inputSize, recurrentKernel normal of variance 1/hiddenSize; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number, the stepSize is not positive, or the diffusion is negative.
 * @see Chang, Chen, Haber & Chi 2019, who search ε in 0.01, 0.1, 1 and variances of recurrentKernel up to 256/hiddenSize
 */
export function antisymmetricRnn(
  options: AntisymmetricRnnOptions,
): Cell<AntisymmetricRnnParams, AntisymmetricRnnState> {
  const { inputSize, hiddenSize, stepSize = 0.1, diffusion = 0.01, gated = false } = options;
  const name = 'antisymmetricRnn';
  expectSizes(name, { inputSize, hiddenSize });
  if (!(stepSize > 0 && stepSize < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`${name}: stepSize: expected a positive number, got ${stepSize}.`);
  }
  if (!(diffusion >= 0 && diffusion < Number.POSITIVE_INFINITY)) {
    throw new OptionError(`${name}: diffusion: expected a number from 0, got ${diffusion}.`);
  }

  type Params = AntisymmetricRnnParams;
  const recur = (params: Params, { h }: AntisymmetricRnnState, projected: Frame): Step<AntisymmetricRnnState> => {
    const { recurrentKernel } = params;
    const antisymmetric: Tensor2D = sub(recurrentKernel, transpose(recurrentKernel));
    const a: Frame = sub(matMul(h, antisymmetric), mul(h, diffusion));
    const parts = split(projected, gated ? 2 : 1, 1) as Frame[];
    const change: Frame = tanh(add(parts.at(-1) as Frame, a));
    const gate: Frame | undefined = gated ? sigmoid(add(parts[0] as Frame, a)) : undefined;
    const next: Frame = add(h, mul(gate === undefined ? change : mul(gate, change), stepSize));
    return { output: next, state: { h: next } };
  };

  const given = { inputSize, hiddenSize, stepSize, diffusion, gated };
  const width = gated ? 2 * hiddenSize : hiddenSize;
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init: (rng) => ({
      kernel: normal(rng.fork('kernel'), [inputSize, width], 1 / Math.sqrt(inputSize)),
      recurrentKernel: normal(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], 1 / Math.sqrt(hiddenSize)),
      bias: zeros([width]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
