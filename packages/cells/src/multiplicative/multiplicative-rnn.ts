import { type Cell, expectSizes, type Frame } from '@elman/core';
import { affine } from '@elman/kernels';
import { add, matMul, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';
import { checkedStep } from '../checked-step.ts';
import { initialKernels } from '../initial-kernels.ts';
import { type FactoredOptions, type FactorParams, factored, initialFactors } from './factors.ts';

/**
 * kernel [inputSize, hiddenSize], recurrentKernel [factors, hiddenSize], bias [hiddenSize];
 * inputFactors [inputSize, factors], recurrentFactors [hiddenSize, factors].
 */
export type MultiplicativeRnnParams = FactorParams & {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type MultiplicativeRnnState = {
  readonly h: Frame;
};

/**
 * Multiplicative recurrent network (MRNN): the input chooses the recurrent weights, which are factored.
 *
 *   f = (x·inputFactors)∘(h·recurrentFactors)
 *   h' = tanh(x·kernel + f·recurrentKernel + bias)      output = h'
 *
 * For a given input it is a simple recurrent network with the recurrent kernel
 * recurrentFactors·diag(x·inputFactors)·recurrentKernel. The paper's W_fx, W_fh, W_hf, W_hx are inputFactors, recurrentFactors,
 * recurrentKernel, kernel, transposed; its one-hot inputs make a bias superfluous.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; f [batch, factors].
 * Init:   kernels uniform ±1/√hiddenSize; factors uniform ±√(3/rows), so that for inputs of mean square 1 f is about as large
 *         as h; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Sutskever, Martens & Hinton 2011, "Generating text with recurrent neural networks"
 */
export function multiplicativeRnn(options: FactoredOptions): Cell<MultiplicativeRnnParams, MultiplicativeRnnState> {
  const { inputSize, hiddenSize, factors = hiddenSize } = options;
  const name = 'multiplicativeRnn';
  const sizes = { inputSize, hiddenSize, factors };
  expectSizes(name, sizes);

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [sizes] },
    init: (rng) => ({
      ...initialKernels(rng, sizes, 1),
      bias: zeros([hiddenSize]),
      ...initialFactors(rng, sizes),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: checkedStep(name, inputSize, (params, { h }, x) => {
      const { kernel, bias, recurrentKernel } = params;
      const f = factored(x, h, params);
      const next: Frame = tanh(add(affine({ x, kernel, bias }), matMul(f, recurrentKernel)));
      return { output: next, state: { h: next } };
    }),
  };
}
