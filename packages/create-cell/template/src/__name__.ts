import { type Cell, expectShape, expectSizes, type Frame, type Rng, tree } from '@elman/core';
import { add, matMul, type Tensor1D, type Tensor2D, tanh, zeros } from '@tensorflow/tfjs-core';

/**
 * Sizes of the cell. Further options need defaults. The command passes those that are typed, `__package__:leak=0.3`, so check
 * them, and throw an `OptionError` of `@elman/core` that says what is expected.
 */
export type __Cell__Options = {
  readonly inputSize: number;
  readonly hiddenSize: number;
};

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]. */
export type __Cell__Params = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. Axis 0 of every leaf of a state is the batch. */
export type __Cell__State = {
  readonly h: Frame;
};

/**
 * Describe the cell in a sentence, then its equations. Here, to start from, those of Elman's network:
 *
 *   h' = tanh(x·kernel + h·recurrentKernel + bias)   output = h'
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * Init:   kernels uniform ±1/√hiddenSize; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @see the paper
 */
export function __cell__(options: __Cell__Options): Cell<__Cell__Params, __Cell__State> {
  const { inputSize, hiddenSize } = options;
  const name = '__cell__';
  expectSizes(name, { inputSize, hiddenSize });
  const limit = 1 / Math.sqrt(hiddenSize);
  const uniform = (rng: Rng, shape: readonly [number, number]): Tensor2D =>
    rng.tensor(shape, (r) => r.uniform(-limit, limit)) as Tensor2D;

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '__package__', factory: name, arguments: [{ inputSize, hiddenSize }] },
    init: (rng) => ({
      kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize]),
      recurrentKernel: uniform(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize]),
      bias: zeros([hiddenSize]),
    }),
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step(params, { h }, input) {
      expectShape(name, 'input', input, { batch: h.shape[0], inputSize });
      return tree.tidy(() => {
        const recurrent = add(matMul(h, params.recurrentKernel), params.bias);
        const next: Frame = tanh(add(matMul(input, params.kernel), recurrent));
        return { output: next, state: { h: next } };
      });
    },
  };
}
