import { type Cell, expectSizes } from '@elman/core';
import { type DenseParams, dense } from '@elman/nn';
import { ACTIVATIONS, type Activation, activationOf } from '../activation.ts';
import { checkedStep } from '../checked-step.ts';
import { type BagOptions, type BagState, bagOf } from './bag.ts';

/** Sizes, activation, and what is in the bag. */
export type BagOfWordsOptions = BagOptions & {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Default tanh. */
  readonly activation?: Activation | 'linear' | undefined;
};

/**
 * Bag of words: a layer over the mean of the frames so far, which knows of their order at most how long ago they were.
 *
 *   m = Σ γᵗ·x₋ₜ / Σ γᵗ                     over the frames t = 0, 1, … ago; or the mean of the last `window`
 *   y = f(m·kernel + bias)                  f = tanh, σ, relu or linear; output = y
 *
 *   computed by  sum' = γ·sum + x,  count' = γ·count + 1,  m = sum' / count'
 *
 * Shapes: x, m [batch, inputSize]; y [batch, hiddenSize]; kernel [inputSize, hiddenSize], bias [hiddenSize].
 * Init:   kernel Glorot uniform, bias 0.
 * @throws {ShapeError} if x is not [batch, inputSize].
 * @throws {OptionError} if a size or the window is not a positive whole number, decay is not above 0 and to 1, or both are given.
 * @see Iyyer et al. 2015, Deep unordered composition rivals syntactic methods for text classification; beside a cell:
 * `withBagOfWords`
 */
export function bagOfWords(options: BagOfWordsOptions): Cell<DenseParams, BagState> {
  const { inputSize, hiddenSize, activation = 'tanh' } = options;
  const name = 'bagOfWords';
  expectSizes(name, { inputSize, hiddenSize });
  const bag = bagOf(name, inputSize, options);
  const activate = activationOf(name, 'activation', activation, [...ACTIVATIONS, 'linear']);
  const layer = dense({ inputSize, outputSize: hiddenSize });
  const given = { inputSize, hiddenSize, activation, ...bag.options };
  return {
    name,
    inputSize,
    outputSize: hiddenSize,
    recipe: { package: '@elman/cells', factory: name, arguments: [given] },
    init: (rng) => layer.init(rng),
    initialState: (batchSize) => bag.initialState(batchSize),
    step: checkedStep(name, inputSize, (params, before, input) => {
      const { mean, state } = bag.step(before, input);
      return { output: activate(layer.apply(params, mean)), state };
    }),
  };
}
