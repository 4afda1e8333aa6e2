import { type Cell, expectShape, expectSizes, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import {
  add,
  step as heaviside,
  matMul,
  mul,
  onesLike,
  sub,
  type Tensor1D,
  type Tensor2D,
  zeros,
} from '@tensorflow/tfjs-core';

/** Sizes of a net of binary threshold units. */
export type ThresholdUnitsOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly outputSize: number;
};

/**
 * kernel [inputSize, hiddenSize], recurrentKernel [outputSize, hiddenSize], bias and firstBias [hiddenSize];
 * outputKernel [hiddenSize, outputSize], outputBias [outputSize].
 */
export type ThresholdUnitsParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
  readonly firstBias: Tensor1D;
  readonly outputKernel: Tensor2D;
  readonly outputBias: Tensor1D;
};

/** y [batch, outputSize], the previous output; begun [batch, 1], 0 before the first frame and 1 from then on. */
export type ThresholdUnitsState = {
  readonly y: Frame;
  readonly begun: Frame;
};

/**
 * Binary threshold units, whose output is fed back to the hidden ones, and whose first step has separate biases.
 *
 *   h' = [x·kernel + y·recurrentKernel + bias > 0]   at the first frame [x·kernel + firstBias > 0]
 *   y' = [h'·outputKernel + outputBias > 0]          output = y'
 *
 * where [z > 0] is 1 if z is above 0, else 0. Its derivative is 0, so it cannot be trained by gradient descent: weights are set by hand.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize]; y [batch, outputSize].
 * Init:   kernels and biases uniform ±1.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 * @see McCulloch & Pitts 1943; in this form: Grosse, CSC321 lecture 15
 */
export function thresholdUnits(options: ThresholdUnitsOptions): Cell<ThresholdUnitsParams, ThresholdUnitsState> {
  const { inputSize, hiddenSize, outputSize } = options;
  const name = 'thresholdUnits';
  expectSizes(name, { inputSize, hiddenSize, outputSize });
  return {
    name,
    inputSize,
    outputSize,
    recipe: { package: '@elman/theory', factory: name, arguments: [{ inputSize, hiddenSize, outputSize }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], 1),
      recurrentKernel: uniform(rng.fork('recurrentKernel'), [outputSize, hiddenSize], 1),
      bias: uniform(rng.fork('bias'), [hiddenSize], 1),
      firstBias: uniform(rng.fork('firstBias'), [hiddenSize], 1),
      outputKernel: uniform(rng.fork('outputKernel'), [hiddenSize, outputSize], 1),
      outputBias: uniform(rng.fork('outputBias'), [outputSize], 1),
    }),
    initialState: (batchSize) => ({ y: zeros([batchSize, outputSize]), begun: zeros([batchSize, 1]) }),
    step(params, { y, begun }, input) {
      expectShape(name, 'input', input, { batch: y.shape[0], inputSize });
      return tree.tidy(() => {
        const bias = add(mul(begun, params.bias), mul(sub(1, begun), params.firstBias));
        const seen = add(matMul(input, params.kernel), matMul(mul(begun, y), params.recurrentKernel));
        const h: Frame = heaviside(add(seen, bias));
        const next: Frame = heaviside(add(matMul(h, params.outputKernel), params.outputBias));
        return { output: next, state: { y: next, begun: onesLike(begun) } };
      });
    },
  };
}
