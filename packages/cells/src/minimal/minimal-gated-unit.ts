import { type Cell, expectSizes, type Frame, type Step } from '@elman/core';
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
  zeros,
} from '@tensorflow/tfjs-core';
import { affineInput } from '../affine-input.ts';
import { initialKernels } from '../initial-kernels.ts';

/** Sizes of a minimal gated unit. */
export type MinimalGatedUnitOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/** kernel [inputSize, 2·hiddenSize], recurrentKernel [hiddenSize, 2·hiddenSize], bias [2·hiddenSize]; f, then n. */
export type MinimalGatedUnitParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type MinimalGatedUnitState = {
  readonly h: Frame;
};

/**
 * Minimal gated unit (MGU): a GRU whose update and reset gates are one, the forget gate.
 *
 *   xf, xn = split(x·kernel + bias)                the gate, then the candidate
 *   uf, un = split(recurrentKernel)
 *   f = σ(xf + h·uf)                               the fraction that is new
 *   n = tanh(xn + (f∘h)·un)
 *   h' = (1 − f)∘h + f∘n                           output = h'
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; kernel [inputSize, 2·hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0 (the paper does not say).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Zhou, Wu, Zhang & Zhou 2016, "Minimal gated unit for recurrent neural networks"
 */
export function minimalGatedUnit(
  options: MinimalGatedUnitOptions,
): Cell<MinimalGatedUnitParams, MinimalGatedUnitState> {
  const { inputSize, hiddenSize } = options;
  const name = 'minimalGatedUnit';
  expectSizes(name, { inputSize, hiddenSize });

  const recur = (
    params: MinimalGatedUnitParams,
    { h }: MinimalGatedUnitState,
    projected: Frame,
  ): Step<MinimalGatedUnitState> => {
    const [xf, xn] = split(projected, 2, 1) as [Frame, Frame];
    const [gate, candidate] = split(params.recurrentKernel, 2, 1) as [Tensor2D, Tensor2D];
    const f = sigmoid(add(xf, matMul(h, gate)));
    const n = tanh(add(xn, matMul(mul(f, h), candidate)));
    const next: Frame = add(h, mul(f, sub(n, h)));
    return { output: next, state: { h: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init(rng) {
      return {
        ...initialKernels(rng, { inputSize, hiddenSize }, 2),
        bias: zeros([2 * hiddenSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
  };
}
