import { type Cell, expectSizes } from '@elman/core';
import { affine } from '@elman/kernels';
import { add, matMul, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import type { LstmState } from '../gated/lstm.ts';
import { initialKernels } from '../initial-kernels.ts';
import { forgetGateBias, lstmUpdate } from '../lstm-update.ts';
import { type FactoredOptions, type FactorParams, factored, initialFactors } from './factors.ts';

/**
 * kernel [inputSize, 4·hiddenSize], recurrentKernel [factors, 4·hiddenSize], bias [4·hiddenSize], gates i, f, g, o;
 * inputFactors [inputSize, factors], recurrentFactors [hiddenSize, factors].
 */
export type MultiplicativeLstmParams = FactorParams & {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/**
 * Multiplicative LSTM (mLSTM): in place of h, all gates read an intermediate state in which input and h are multiplied.
 *
 *   m = (x·inputFactors)∘(h·recurrentFactors)
 *   i, f, g, o = split(x·kernel + m·recurrentKernel + bias)      gates in this order
 *   c' = σ(f)∘c + σ(i)∘tanh(g)
 *   h' = σ(o)∘tanh(c')                                           output = h'
 *
 * Not the mLSTM of xLSTM (Beck et al. 2024), whose memory is a matrix.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize]; m [batch, factors], in the paper [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; factors uniform ±√(3/rows), so that for inputs of mean square 1 m is about as large
 *         as h; bias 0, forget gate 1 (Jozefowicz et al. 2015).
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Krause et al. 2016, "Multiplicative LSTM for sequence modelling"
 */
export function multiplicativeLstm(options: FactoredOptions): Cell<MultiplicativeLstmParams, LstmState> {
  const { inputSize, hiddenSize, factors = hiddenSize } = options;
  const name = 'multiplicativeLstm';
  const sizes = { inputSize, hiddenSize, factors };
  expectSizes(name, sizes);

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [sizes] },
    init: (rng) => ({
      ...initialKernels(rng, sizes, 4),
      bias: forgetGateBias(hiddenSize),
      ...initialFactors(rng, sizes),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h, c }, x) => {
      const { kernel, bias, recurrentKernel } = params;
      return lstmUpdate(add(affine({ x, kernel, bias }), matMul(factored(x, h, params), recurrentKernel)), c);
    }),
  };
}
