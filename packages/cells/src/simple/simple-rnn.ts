import { type Cell, expectSizes, type Frame, type Step, tree } from '@elman/core';
import { hasSimpleRnnSequence, simpleRnnSequence } from '@elman/kernels';
import { uniform } from '@elman/nn';
import { add, matMul, type Tensor1D, type Tensor2D, zeros } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, type Activation, activationOf } from '../activation.ts';
import { affineInput, projectedFrames } from '../affine-input.ts';
import { type RecurrentInitializerOptions, recurrentInitializer } from '../recurrent-initializer.ts';

/** Sizes, activation and initial values of a simple recurrent network. */
export type SimpleRnnOptions = RecurrentInitializerOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default tanh. */
  readonly activation?: Activation;
};

/** kernel [inputSize, hiddenSize], recurrentKernel [hiddenSize, hiddenSize], bias [hiddenSize]. */
export type SimpleRnnParams = {
  readonly kernel: Tensor2D;
  readonly recurrentKernel: Tensor2D;
  readonly bias: Tensor1D;
};

/** h [batch, hiddenSize]. */
export type SimpleRnnState = {
  readonly h: Frame;
};

/**
 * Simple recurrent network, whose context units are a copy of its hidden layer.
 *
 *   h' = f(x·kernel + h·recurrentKernel + bias)   f = tanh, relu or σ; output = h'
 *
 * With `{ activation: 'relu', recurrentInitializer: 'identity' }` it is the IRNN of Le, Jaitly & Hinton 2015 (who draw the
 * kernel from a normal distribution of deviation 0.001); a `recurrentScale` below 1, 0.01 say, shortens its memory.
 *
 * Shapes: x [batch, inputSize]; h [batch, hiddenSize].
 * A sequence is one op: on cpu and wasm compiled from `step`, elsewhere where `@elman/kernels` has one; else a loop over
 * its frames. Numbers are the same to float32 rounding; the op has no second-order gradient.
 * Init:   kernels uniform ±1/√hiddenSize, the recurrent one by `recurrentInitializer`; bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or the activation or initializer is none of these.
 * @see Elman 1990, "Finding structure in time"
 * @see Le, Jaitly & Hinton 2015, "A simple way to initialize recurrent networks of rectified linear units"
 */
export function simpleRnn(options: SimpleRnnOptions): Cell<SimpleRnnParams, SimpleRnnState> {
  const { inputSize, hiddenSize, activation = 'tanh' } = options;
  const name = 'simpleRnn';
  expectSizes(name, { inputSize, hiddenSize });
  const recurrent = recurrentInitializer(name, options);
  const activate = activationOf(name, 'activation', activation, ACTIVATIONS);

  const recur = (params: SimpleRnnParams, { h }: SimpleRnnState, projected: Frame): Step<SimpleRnnState> => {
    const next = activate(add(projected, matMul(h, params.recurrentKernel)));
    return { output: next, state: { h: next } };
  };

  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: {
      package: '@elman/cells',
      factory: name,
      arguments: [{ inputSize, hiddenSize, activation, ...recurrent.given }],
    },
    init(rng) {
      const limit = 1 / Math.sqrt(hiddenSize);
      return {
        kernel: uniform(rng.fork('kernel'), [inputSize, hiddenSize], limit),
        recurrentKernel: recurrent.init(rng.fork('recurrentKernel'), [hiddenSize, hiddenSize], { limit }),
        bias: zeros([hiddenSize]),
      };
    },
    initialState: (batchSize) => ({ h: zeros([batchSize, hiddenSize]) }),
    step: affineInput(name, inputSize, recur),
    scan(params, { h }, inputs, options) {
      if (!hasSimpleRnnSequence()) return undefined;
      return tree.tidy(() => {
        const { recurrentKernel } = params;
        const { mask, reverse } = options;
        const { outputs, ...last } = simpleRnnSequence({
          activation,
          projected: projectedFrames(params, inputs),
          recurrentKernel,
          h,
          mask,
          reverse,
        });
        return { outputs, state: last };
      });
    },
  };
}
