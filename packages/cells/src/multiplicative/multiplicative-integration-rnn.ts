import { type Cell, expectSizes, type Frame } from '@elman/core';
import { matMul, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import { initialKernels } from '../initial-kernels.ts';
import { type IntegrationParams, initialGains, integrate } from './integration.ts';

/** Sizes of a cell with multiplicative integration. */
export type MultiplicativeIntegrationOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/**
 * kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize];
 * bias, productGain, recurrentGain, inputGain [hiddenSize].
 */
export type MultiplicativeIntegrationRnnParams = IntegrationParams & {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
};

/** h [batch, hiddenSize]. */
export type MultiplicativeIntegrationRnnState = {
  readonly h: Frame;
};

/**
 * Simple recurrent network with multiplicative integration (MI-RNN), in its general form.
 *
 *   wx = x·kernel
 *   uh = h·recurrentKernel
 *   h' = tanh(productGain∘wx∘uh + recurrentGain∘uh + inputGain∘wx + bias)      output = h'
 *
 * The gains are the paper's α, β₁ and β₂. With α = 0 and β₁ = β₂ = 1 it is `simpleRnn`; with α = 1 and β₁ = β₂ = 0 it is the
 * paper's simple form.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0; α 1, β₁ and β₂ 1/2, one of the paper's settings (it has others by task).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Wu et al. 2016, "On multiplicative integration with recurrent neural networks"
 */
export function multiplicativeIntegrationRnn(
  options: MultiplicativeIntegrationOptions,
): Cell<MultiplicativeIntegrationRnnParams, MultiplicativeIntegrationRnnState> {
  const { inputSize, hiddenSize } = options;
  const name = 'multiplicativeIntegrationRnn';
  expectSizes(name, { inputSize, hiddenSize });

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => ({
      ...initialKernels(rng, { inputSize, hiddenSize }, 1),
      bias: zeros([hiddenSize]),
      ...initialGains(hiddenSize),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h }, x) => {
      const next: Frame = tanh(integrate(matMul(x, params.kernel), matMul(h, params.recurrentKernel), params));
      return { output: next, state: { h: next } };
    }),
  };
}
