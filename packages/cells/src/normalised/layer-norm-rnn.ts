import { type Cell, expectSizes, type Frame } from '@elman/core';
import { layerNorm } from '@elman/nn';
import { add, matMul, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import { initialKernels } from '../initial-kernels.ts';
import { expectEpsilon, type LayerNormCellOptions } from './options.ts';

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], gain and bias [hiddenSize]. */
export type LayerNormRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly gain: Tensor1D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type LayerNormRnnState = {
  readonly h: Frame;
};

/**
 * Simple recurrent network with layer normalisation of the sum over inputs and state.
 *
 *   h' = tanh(gain∘norm(x·kernel + h·recurrentKernel) + bias)      output = h'
 *
 *   norm(a) = (a − mean(a)) / √(variance(a) + epsilon)             over the units of a row
 *
 * Scaling both kernels by the same positive factor changes nothing, up to epsilon.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; gain 1, bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or epsilon is not above 0.
 * @see Ba, Kiros & Hinton 2016, "Layer normalization", equation 4
 */
export function layerNormRnn(options: LayerNormCellOptions): Cell<LayerNormRnnParams, LayerNormRnnState> {
  const { inputSize, hiddenSize, epsilon = 1e-5 } = options;
  const name = 'layerNormRnn';
  expectSizes(name, { inputSize, hiddenSize });
  expectEpsilon(name, epsilon);
  const norm = layerNorm({ size: hiddenSize, epsilon });

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, epsilon }] },
    init: (rng) => ({
      ...initialKernels(rng, { inputSize, hiddenSize }, 1),
      ...norm.init(),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h }, x) => {
      const { kernel, recurrentKernel } = params;
      const next: Frame = tanh(norm.apply(params, add<Frame>(matMul(x, kernel), matMul(h, recurrentKernel))));
      return { output: next, state: { h: next } };
    }),
  };
}
