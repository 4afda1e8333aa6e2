import { type Cell, expectSizes, type Frame, tree } from '@elman/core';
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
import { checkedStep } from '../checked-step.ts';
import type { GruState } from '../gated/gru.ts';
import { initialKernels } from '../initial-kernels.ts';
import { type IntegrationParams, initialGains, integrate } from './integration.ts';
import type { MultiplicativeIntegrationOptions } from './multiplicative-integration-rnn.ts';

/**
 * kernel [inputSize, 3·hiddenSize], recurrentKernel [hiddenSize, 3·hiddenSize]; bias, productGain, recurrentGain, inputGain
 * [3·hiddenSize]; gates z, r, n.
 */
export type MultiplicativeIntegrationGruParams = IntegrationParams & {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
};

/**
 * Gated recurrent unit with multiplicative integration (MI-GRU), in its general form; it resets before the product, as in
 * the paper: two products with the state a step.
 *
 *   xz, xr, xn = split(x·kernel)                   gates in this order
 *   Uz, Ur, Un = split(recurrentKernel)
 *   z = σ(integrate(xz, h·Uz))                     the fraction of h that is kept
 *   r = σ(integrate(xr, h·Ur))
 *   n = tanh(integrate(xn, (r∘h)·Un))
 *   h' = (1 − z)∘n + z∘h                           output = h'
 *
 *   integrate(wx, uh) = productGain∘wx∘uh + recurrentGain∘uh + inputGain∘wx + bias, each gate with its part of the four
 *
 * The gains are the paper's α, β₁ and β₂; its z is 1 − z here. With α = 0 and β₁ = β₂ = 1 it is `resetBeforeGru`.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0; α 1, β₁ and β₂ 1/2, one of the paper's settings (it has others by task).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Wu et al. 2016, "On multiplicative integration with recurrent neural networks", appendix
 */
export function multiplicativeIntegrationGru(
  options: MultiplicativeIntegrationOptions,
): Cell<MultiplicativeIntegrationGruParams, GruState> {
  const { inputSize, hiddenSize } = options;
  const name = 'multiplicativeIntegrationGru';
  expectSizes(name, { inputSize, hiddenSize });
  const parts = [2 * hiddenSize, hiddenSize];

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => ({
      ...initialKernels(rng, { inputSize, hiddenSize }, 3),
      bias: zeros([3 * hiddenSize]),
      ...initialGains(3 * hiddenSize),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, ({ kernel, recurrentKernel, ...integration }, { h }, x) => {
      const [xzr, xn] = split(matMul(x, kernel), parts, 1) as [Frame, Frame];
      const [gates, candidate] = split(recurrentKernel, parts, 1) as [Tensor2D, Tensor2D];
      const ofPart = (at: number): IntegrationParams =>
        tree.map(integration, (leaf) => split(leaf, parts)[at] as Tensor1D);
      const [z, r] = split(sigmoid(integrate(xzr, matMul(h, gates), ofPart(0))), 2, 1) as [Frame, Frame];
      const n: Frame = tanh(integrate(xn, matMul(mul(r, h), candidate), ofPart(1)));
      const next: Frame = add(n, mul(z, sub(h, n)));
      return { output: next, state: { h: next } };
    }),
  };
}
