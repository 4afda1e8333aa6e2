import {
  type Cell,
  expectAwaited,
  expectMethods,
  expectParamsOf,
  expectShape,
  type Recipe,
  type Rng,
  type Steps,
  type TokenWindow,
  type Tree,
  tree,
} from '@elman/core';
import { dropout, type EmbeddingParams, embedding } from '@elman/nn';
import type { Scalar, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { type BoundModel, bindTokens } from './bind.ts';
import { checkOptions, type LanguageModelOptions, vocabSizeOf } from './options.ts';
import { type OutputParams, outputLayer } from './output/output-layer.ts';
import { sampledInputs } from './scheduled-sampling.ts';
import { tokenInputs } from './token-inputs.ts';
import { expectWindow, framesFrom, unrollWindow } from './window.ts';

/** The empty parameters of an embedding where tokens are one-hot. */
export type NoParams = { readonly [name: string]: never };

/**
 * Of the cell; `embedding.table` [vocabSize, inputSize]; `output.kernel` [outputSize, vocabSize] unless tied,
 * `output.bias`, or the parameters of another output layer.
 */
export type LanguageModelParams<P extends Tree> = {
  readonly cell: P;
  readonly embedding: EmbeddingParams | NoParams;
  readonly output: OutputParams;
};

/** Further arguments of a run of a language model. */
export interface RunOptions<S extends Tree> {
  /** Default: the initial state. */
  readonly state?: S | undefined;
  readonly mask?: Tensor2D | undefined;
  /** For training: the random stream of dropout. */
  readonly rng?: Rng | undefined;
}

/** A model of the next token, to be trained, evaluated, or bound to its parameters for decoding. */
export interface LanguageModel<P extends Tree, S extends Tree> {
  readonly name: string;
  readonly vocabSize: number;
  readonly cell: Cell<P, S>;
  /** Absent if the cell has none. */
  readonly recipe?: Recipe | undefined;
  init(rng: Rng): LanguageModelParams<P>;
  initialState(batchSize: number): S;
  batchSize(window: TokenWindow): number;
  startsFresh(window: TokenWindow): boolean;
  /** inputs int32 [batch, time] → logits [batch, time, vocabSize] and the state after the last frame. */
  logits(params: LanguageModelParams<P>, inputs: Tensor2D, options?: RunOptions<S>): { logits: Tensor3D; state: S };
  /**
   * The cross-entropy of the targets: mean nats per counted token, the number of counted tokens, and the state after `carry` frames.
   * `sampling` is the probability with which an input is replaced by a token drawn from the model; it requires `rng`.
   */
  loss(
    params: LanguageModelParams<P>,
    window: TokenWindow,
    state: S,
    options?: { readonly rng?: Rng | undefined; readonly sampling?: number | undefined },
  ): { loss: Scalar; count: Scalar; state: S };
  /** The model as decoders use it. It borrows the parameters; dispose of it before them. */
  bind(params: LanguageModelParams<P>): BoundModel<S>;
}

/**
 * A language model: the probability of each next token.
 *
 *   xₜ = table[tokenₜ]   (or the one-hot vector of tokenₜ)
 *   sₜ, yₜ = cell(sₜ₋₁, xₜ)
 *   p(tokenₜ₊₁) = softmax(yₜ·kernel + bias)   (tied: yₜ·tableᵀ + bias)
 *
 * Shapes: tokens int32 [batch, time]; logits [batch, time, vocabSize].
 * Init:   table normal, standard deviation 1, tied 1/√inputSize; kernel Glorot uniform; bias 0.
 * @param vocabulary a tokenizer, or `{ vocabSize }`.
 * @throws {OptionError} if cell, vocabulary and options are incompatible.
 * With another `output`, logits are log-probabilities.
 *
 * @see Mikolov et al. 2010; tied weights: Press & Wolf 2017, Inan et al. 2017
 */
export function languageModel<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  vocabulary: { readonly vocabSize: number },
  options: LanguageModelOptions = {},
): LanguageModel<P, S> {
  type Params = LanguageModelParams<P>;
  const name = 'languageModel';
  expectMethods(
    `${name}: cell`,
    cell,
    ['init', 'initialState', 'step'],
    'a cell, such as lstm({ inputSize, hiddenSize })',
  );
  const vocabSize = vocabSizeOf(name, vocabulary);
  const { inputSize, outputSize } = cell;
  const chosen = checkOptions(name, cell, vocabSize, options);
  const { output: kind, ...others } = chosen;
  const { tied } = others;
  const table = embedding({ vocabSize, size: inputSize, deviation: tied ? 1 / Math.sqrt(inputSize) : 1 });
  const output = outputLayer(outputSize, vocabSize, tied, kind);
  const tableOf = ({ embedding: given }: Params): Tensor2D | undefined => given.table;

  /** The cell over the inputs, and the state after `carry` frames. */
  const run = (params: Params, ids: Tensor2D, { rng, ...given }: RunOptions<S>, carry?: number): Steps<S> => {
    const inputs = tokenInputs(cell, tableOf(params), ids);
    return unrollWindow(cell, params.cell, inputs, { ...given, rng: rng?.fork('cell') }, carry);
  };

  const model: LanguageModel<P, S> = {
    name,
    vocabSize,
    cell,
    recipe: cell.recipe && {
      package: '@elman/models',
      factory: 'languageModel',
      arguments: [cell.recipe, { vocabSize }, { ...others, ...(kind.kind === 'full' ? {} : { output: kind }) }],
    },
    init: (rng) => ({
      cell: cell.init(rng.fork('cell')),
      embedding: chosen.embedding === 'learned' ? table.init(rng.fork('embedding')) : {},
      output: output.init(rng.fork('output')),
    }),
    initialState: (batchSize) => cell.initialState(batchSize),
    batchSize: ({ inputs }) => inputs.shape[0],
    startsFresh: ({ fresh = true }) => fresh,
    logits(params, inputs, runOptions = {}) {
      expectShape(name, 'inputs', inputs, { batch: undefined, time: undefined });
      return tree.tidy(() => {
        const { outputs, state } = run(params, inputs, runOptions);
        const dropped = dropout(outputs, chosen.dropout, runOptions.rng?.fork('output'));
        return { logits: output.apply(params.output, tableOf(params), dropped), state };
      });
    },
    loss(params, window, state, { rng, sampling = 0 } = {}) {
      const { inputs, targets, mask, counted = 0, carry } = window;
      const [batch, time] = inputs.shape;
      expectShape(name, 'inputs', inputs, { batch: undefined, time: undefined });
      expectShape(name, 'targets', targets, { batch, time });
      expectWindow(name, time, { counted, carry });
      return tree.tidy(() => {
        const bound = () => model.bind(params);
        const fed = sampledInputs(name, bound, inputs, { sampling, rng, mask, start: state });
        const steps = run(params, fed, { state, mask, rng }, carry);
        const dropped = dropout(framesFrom(counted, steps.outputs), chosen.dropout, rng?.fork('output'));
        const { loss, count } = output.loss(params.output, tableOf(params), dropped, framesFrom(counted, targets), {
          mask: mask && framesFrom(counted, mask),
          rng: rng?.fork('noise'),
        });
        return { loss, count, state: steps.state };
      });
    },
    bind(params) {
      expectAwaited(`${name}: bind: params`, params);
      expectParamsOf(name, model, params);
      return bindTokens(name, cell, vocabSize, params.cell, tableOf(params), {
        logits: (outputs) => output.apply(params.output, tableOf(params), outputs),
        product: () => output.product(params.output, tableOf(params)),
      });
    },
  };
  return model;
}
