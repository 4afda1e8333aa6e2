import { type Cell, expectShape, expectSizes, type Frame, tree } from '@elman/core';
import { uniform } from '@elman/nn';
import { add, matMul, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';

/** Sizes of a layer of linear units. */
export type LinearUnitsOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]. */
export type LinearUnitsParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type LinearUnitsState = {
  readonly h: Frame;
};

/**
 * Recurrent linear units: a simple recurrent network without an activation.
 *
 *   h' = x·kernel + h·recurrentKernel + bias   output = h'
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number.
 */
export function linearUnits({ inputSize, hiddenSize }: LinearUnitsOptions): Cell<LinearUnitsParams, LinearUnitsState> {
  const name = 'linearUnits';
  expectSizes(name, { inputSize, hiddenSize });

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/theory', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], limit),
        recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], limit),
        bias: zeros([hiddenSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step(params, { h }, input) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const next: Frame = add(add(matMul(input, params.kernel), params.bias), matMul(h, params.recurrentKernel));
        return { output: next, state: { h: next } };
      });
    },
  };
}
