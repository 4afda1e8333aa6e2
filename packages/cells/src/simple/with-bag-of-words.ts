import { type Cell, expectShape, type Frame, OptionError, type Tree, tree } from '@elman/core';
import { concat } from '@tensorflow/tfjs-core';
import { around } from '../time-scales/part-recipe.ts';
import { type BagOptions, type BagState, bagOf } from './bag.ts';

/** What is in the bag, and where it goes. */
export type WithBagOfWordsOptions = BagOptions & {
  /** Whether it is beside the input of the cell, beside its output, or both; default output. */
  readonly to?: 'input' | 'output' | 'both' | undefined;
};

/** Of the cell, and of the bag. */
export type WithBagOfWordsState<S extends Tree> = { readonly cell: S; readonly bag: BagState };

/**
 * A cell with a bag of words: the mean of the inputs so far as a context beside its output, its input, or both.
 *
 *   m = Σ γᵗ·x₋ₜ / Σ γᵗ                     over the frames t = 0, 1, … ago; or the mean of the last `window`
 *   y, s' = cell(s, x)                      cell(s, [x, m]) with `input` or `both`
 *   output = [y, m]                         y with `input`
 *
 * In a language model the topic of the last words reaches the output directly, whatever the cell forgets; `both` is the
 * context-dependent recurrent network.
 *
 * Shapes: x, m [batch, size], where the cell's inputSize is size, or 2·size with `input` or `both`.
 * Parameters are the cell's own.
 * @throws {ShapeError} if x has another width.
 * @throws {OptionError} if the cell's inputSize is odd where it has two parts, or options are wrong.
 * @see Mikolov & Zweig 2012, Context dependent recurrent neural network language model (there of topics: latent
 * Dirichlet allocation)
 */
export function withBagOfWords<P extends Tree, S extends Tree, C = void>(
  cell: Cell<P, S, C>,
  options: WithBagOfWordsOptions = {},
): Cell<P, WithBagOfWordsState<S>, C> {
  const { to = 'output' } = options;
  const name = `withBagOfWords(${cell.name})`;
  if (!['input', 'output', 'both'].includes(to)) {
    throw new OptionError(`${name}: to: expected input, output or both, got ${to}.`);
  }
  const [toInput, toOutput] = [to !== 'output', to !== 'input'];
  const inputSize = toInput ? cell.inputSize / 2 : cell.inputSize;
  if (!Number.isInteger(inputSize)) {
    throw new OptionError(
      `${name}: expected a cell whose inputSize is even, that of an input and of as large a bag, got ${cell.inputSize}.`,
    );
  }
  const bag = bagOf(name, inputSize, options);
  return {
    name,
    inputSize,
    outputSize: cell.outputSize + (toOutput ? inputSize : 0),
    recipe: around('withBagOfWords', cell, { ...bag.options, to }),
    init: (rng) => cell.init(rng),
    initialState: (batchSize, context) => ({
      cell: cell.initialState(batchSize, context),
      bag: bag.initialState(batchSize),
    }),
    step(params, before, input, context, rng) {
      expectShape(name, 'input', input, { batch: tree.leaves(before)[0]?.shape[0], inputSize });
      return tree.tidy(() => {
        const { mean, state } = bag.step(before.bag, input);
        const read: Frame = toInput ? concat([input, mean], 1) : input;
        const next = cell.step(params, before.cell, read, context, rng);
        const output: Frame = toOutput ? concat([next.output, mean], 1) : next.output;
        return { output, state: { cell: next.state, bag: state } };
      });
    },
  };
}
