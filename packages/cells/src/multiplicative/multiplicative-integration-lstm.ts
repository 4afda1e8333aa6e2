import { type Cell, expectSizes } from '@elman/core';
import { matMul, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import type { LstmState } from '../gated/lstm.ts';
import { initialKernels } from '../initial-kernels.ts';
import { forgetGateBias, lstmUpdate } from '../lstm-update.ts';
import { type IntegrationParams, initialGains, integrate } from './integration.ts';
import type { MultiplicativeIntegrationOptions } from './multiplicative-integration-rnn.ts';

/**
 * kernel [inputSize, 4·hiddenSize], recurrentKernel [hiddenSize, 4·hiddenSize]; bias, productGain, recurrentGain, inputGain
 * [4·hiddenSize]; gates i, f, g, o.
 */
export type MultiplicativeIntegrationLstmParams = IntegrationParams & {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
};

/**
 * Long short-term memory with multiplicative integration (MI-LSTM), in its general form.
 *
 *   wx = x·kernel
 *   uh = h·recurrentKernel
 *   i, f, g, o = split(productGain∘wx∘uh + recurrentGain∘uh + inputGain∘wx + bias)      gates in this order
 *   c' = σ(f)∘c + σ(i)∘tanh(g)
 *   h' = σ(o)∘tanh(c')                                                                  output = h'
 *
 * The gains are the paper's α, β₁ and β₂. With α = 0 and β₁ = β₂ = 1 it is `lstm`.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; α 1, β₁ and β₂ 1/2, one of the paper's settings (it has others by task); bias 0,
 *         forget gate 1, as in `lstm`.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Wu et al. 2016, "On multiplicative integration with recurrent neural networks"
 */
export function multiplicativeIntegrationLstm(
  options: MultiplicativeIntegrationOptions,
): Cell<MultiplicativeIntegrationLstmParams, LstmState> {
  const { inputSize, hiddenSize } = options;
  const name = 'multiplicativeIntegrationLstm';
  expectSizes(name, { inputSize, hiddenSize });

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => ({
      ...initialKernels(rng, { inputSize, hiddenSize }, 4),
      bias: forgetGateBias(hiddenSize),
      ...initialGains(4 * hiddenSize),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h, c }, x) =>
      lstmUpdate(integrate(matMul(x, params.kernel), matMul(h, params.recurrentKernel), params), c),
    ),
  };
}
