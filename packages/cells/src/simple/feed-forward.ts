import { type Cell, expectShape, expectSizes, tree } from '@elman/core';
import { type DenseParams, dense } from '@elman/nn';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Activation, activationOf } from '../activation.ts';

/** Sizes and activation of a feed-forward layer. */
export type FeedForwardOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default sigmoid. */
  readonly activation?: Activation;
};

/** Empty. */
export type FeedForwardState = Record<never, never>;

/**
 * A feed-forward layer, as a cell: a controller whose only state is in the external memory.
 *
 *   y = f(x·kernel + bias)                  f = σ, tanh or relu; output = y
 *
 * Shapes: x [batch, inputSize]; y [batch, hiddenSize]; kernel [inputSize, hiddenSize], bias [hiddenSize].
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size is not a positive whole number or the activation is none of these.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing Machines, section 3.4: feedforward controllers
 */
export function feedForward(options: FeedForwardOptions): Cell<DenseParams, FeedForwardState> {
  const { inputSize, hiddenSize, activation = 'sigmoid' } = options;
  const name = 'feedForward';
  expectSizes(name, { inputSize, hiddenSize });
  const activate = activationOf(name, 'activation', activation, ['sigmoid', 'tanh', 'relu']) as <T extends Tensor>(
    x: T,
  ) => T;
  const layer = dense({ inputSize, outputSize: hiddenSize });
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [{ inputSize, hiddenSize, activation }] },
    init: (rng) => layer.init(rng),
    initialState: () => ({}),
    step(params, _, input) {
      expectShape(name, 'input', input, { batch: undefined, inputSize });
      return tree.tidy(() => ({ output: activate(layer.apply(params, input)), state: {} }));
    },
  };
}
