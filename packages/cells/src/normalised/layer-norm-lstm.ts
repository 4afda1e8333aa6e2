import { type Cell, expectSizes, type Frame } from '@elman/core';
import { type LayerNormParams, layerNorm } from '@elman/nn';
import { add, matMul, ones, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import type { LstmState } from '../gated/lstm.ts';
import { initialKernels } from '../initial-kernels.ts';
import { forgetGateBias, lstmUpdate } from '../lstm-update.ts';
import { expectEpsilon, type LayerNormCellOptions } from './options.ts';
import { scaledNorm } from './scaled-norm.ts';

/**
 * kernel [inputSize, 4·hiddenSize], recurrentKernel [hiddenSize, 4·hiddenSize]; bias, inputGain, recurrentGain
 * [4·hiddenSize]; gates i, f, g, o. cellNorm: gain and bias [hiddenSize].
 */
export type LayerNormLstmParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly inputGain: Tensor1D;
  readonly recurrentGain: Tensor1D;
  readonly cellNorm: LayerNormParams;
};

/**
 * Long short-term memory with layer normalisation of what comes from the input, of what comes from the state, and of the
 * memory where it is read.
 *
 *   a = inputGain∘norm(x·kernel) + recurrentGain∘norm(h·recurrentKernel) + bias
 *   i, f, g, o = split(a)                                                     gates in this order
 *   c' = σ(f)∘c + σ(i)∘tanh(g)
 *   h' = σ(o)∘tanh(cellNorm.gain∘norm(c') + cellNorm.bias)                    output = h'
 *
 *   norm(a) = (a − mean(a)) / √(variance(a) + epsilon)                        over a row, of all four gates at once
 *
 * The paper has a bias with each norm of a gate, of which only the sum matters: here it is one. Some implementations
 * normalise each gate by itself, or the sum of both products. The memory itself is not normalised: c' is kept as it is.
 *
 * Shapes: x [batch, inputSize]; h, c [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; gains 1; biases 0, forget gate 1, as in `lstm`.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or epsilon is not above 0.
 * @see Ba, Kiros & Hinton 2016, "Layer normalization", supplementary material
 */
export function layerNormLstm(options: LayerNormCellOptions): Cell<LayerNormLstmParams, LstmState> {
  const { inputSize, hiddenSize, epsilon = 1e-5 } = options;
  const name = 'layerNormLstm';
  expectSizes(name, { inputSize, hiddenSize });
  expectEpsilon(name, epsilon);
  const norm = scaledNorm(4 * hiddenSize, epsilon);
  const cellNorm = layerNorm({ size: hiddenSize, epsilon });

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, epsilon }] },
    init: (rng) => ({
      ...initialKernels(rng, { inputSize, hiddenSize }, 4),
      bias: forgetGateBias(hiddenSize),
      inputGain: ones([4 * hiddenSize]),
      recurrentGain: ones([4 * hiddenSize]),
      cellNorm: cellNorm.init(),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]), c: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h, c }, x) => {
      const fromInput = norm(matMul(x, params.kernel), params.inputGain);
      const fromState = norm(matMul(h, params.recurrentKernel), params.recurrentGain);
      const gates: Frame = add(add(fromInput, params.bias), fromState);
      return lstmUpdate(gates, c, (next) => cellNorm.apply(params.cellNorm, next));
    }),
  };
}
