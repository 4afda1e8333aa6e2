import {
  type Cell,
  expectShape,
  OptionError,
  type Recipe,
  type Rng,
  type Steps,
  type TokenWindow,
  type Tree,
  tree,
  withoutGradient,
} from '@elman/core';
import { type DenseParams, dropout, type EmbeddingParams, embedding, softmaxCrossEntropy } from '@elman/nn';
import { unroll } from '@elman/rnn';
import { concat, type Scalar, slice, split, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { type BoundModel, bindTokens } from './bind.ts';
import { checkOptions, type LanguageModelOptions } from './options.ts';
import { outputLayer, type TiedParams } from './output-layer.ts';
import { mixInputs } from './scheduled-sampling.ts';
import { tokenInputs } from './token-inputs.ts';

/** What stands in the place of an embedding where tokens are one-hot. */
export type NoParams = { readonly [name: string]: never };

/** Of the cell; `embedding.table` [vocabSize, inputSize]; `output.kernel` [outputSize, vocabSize] unless tied, `output.bias`. */
export type LanguageModelParams<P extends Tree> = {
  readonly cell: P;
  readonly embedding: EmbeddingParams | NoParams;
  readonly output: DenseParams | TiedParams;
};

/** What to run a language model with beside params and inputs. */
export interface RunOptions<S extends Tree> {
  /** Default: the initial state. */
  readonly state?: S | undefined;
  readonly mask?: Tensor2D | undefined;
  /** Give it in training: the source of dropout. */
  readonly rng?: Rng | undefined;
}

/** A model of the next token, to be trained, evaluated, bound to its parameters and asked. */
export interface LanguageModel<P extends Tree, S extends Tree> {
  readonly name: string;
  readonly vocabSize: number;
  readonly cell: Cell<P, S>;
  /** Absent where the cell has none. */
  readonly recipe?: Recipe | undefined;
  init(rng: Rng): LanguageModelParams<P>;
  initialState(batchSize: number): S;
  batchSize(window: TokenWindow): number;
  startsFresh(window: TokenWindow): boolean;
  /** inputs int32 [batch, time] → logits [batch, time, vocabSize] and the state after the last frame. */
  logits(params: LanguageModelParams<P>, inputs: Tensor2D, options?: RunOptions<S>): { logits: Tensor3D; state: S };
  /**
   * The cross-entropy of the targets: mean nats per counted token, how many those are, and the state after `carry` frames.
   * `sampling` is the probability with which the model is fed a token that it drew itself; it wants `rng`.
   */
  loss(
    params: LanguageModelParams<P>,
    window: TokenWindow,
    state: S,
    options?: { readonly rng?: Rng | undefined; readonly sampling?: number | undefined },
  ): { loss: Scalar; count: Scalar; state: S };
  /** The model as decoders drive it. It borrows the parameters; dispose of it before them. */
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
 * @param vocabulary a tokenizer, or just `{ vocabSize }`.
 * @throws {OptionError} if cell, vocabulary and options do not go together.
 * @see Mikolov et al. 2010; tied weights: Press & Wolf 2017, Inan et al. 2017
 */
export function languageModel<P extends Tree, S extends Tree>(
  cell: Cell<P, S>,
  vocabulary: { readonly vocabSize: number },
  options: LanguageModelOptions = {},
): LanguageModel<P, S> {
  type Params = LanguageModelParams<P>;
  const name = 'languageModel';
  const { vocabSize } = vocabulary;
  const { inputSize, outputSize } = cell;
  const chosen = checkOptions(name, cell, vocabSize, options);
  const { tied } = chosen;
  const table = embedding({ vocabSize, size: inputSize, deviation: tied ? 1 / Math.sqrt(inputSize) : 1 });
  const output = outputLayer(outputSize, vocabSize, tied);
  const tableOf = ({ embedding: given }: Params): Tensor2D | undefined => given.table;

  /** The cell over the inputs, in two pieces where the state is wanted after fewer than all frames. */
  const run = (params: Params, ids: Tensor2D, { state, mask, rng }: RunOptions<S>, carry?: number): Steps<S> => {
    const { inputs, projected } = tokenInputs(cell, params.cell, tableOf(params), ids);
    const time = ids.shape[1];
    const piece = (frames: Tensor3D, from: S | undefined, real: Tensor2D | undefined): Steps<S> =>
      unroll(cell, params.cell, frames, { state: from, mask: real, projected, rng: rng?.fork('cell') });
    if (carry === undefined || carry === time) return piece(inputs, state, mask);
    const sizes = [carry, time - carry];
    const [head, tail] = split(inputs, sizes, 1) as [Tensor3D, Tensor3D];
    const [headMask, tailMask] = mask === undefined ? [] : (split(mask, sizes, 1) as [Tensor2D, Tensor2D]);
    const first = piece(head, state, headMask);
    const second = piece(tail, first.state, tailMask);
    return { outputs: concat([first.outputs, second.outputs], 1), state: first.state };
  };

  const model: LanguageModel<P, S> = {
    name,
    vocabSize,
    cell,
    recipe: cell.recipe && {
      package: '@elman/models',
      factory: 'languageModel',
      arguments: [cell.recipe, { vocabSize }, chosen],
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
      expectFrames('counted', counted, 0, time - 1);
      expectFrames('carry', carry ?? time, 1, time);
      return tree.tidy(() => {
        let fed = inputs;
        if (sampling > 0) {
          if (rng === undefined) throw new OptionError(`${name}: sampling: expected \`rng\` beside it, got none.`);
          const draws = rng.fork('sampling');
          fed = withoutGradient(() => mixInputs(model.bind(params), state, inputs, sampling, draws));
        }
        const steps = run(params, fed, { state, mask, rng }, carry);
        const dropped = dropout(from(counted, steps.outputs), chosen.dropout, rng?.fork('output'));
        const logits = output.apply(params.output, tableOf(params), dropped);
        const { loss, count } = softmaxCrossEntropy(logits, from(counted, targets), {
          mask: mask && from(counted, mask),
        });
        return { loss, count, state: steps.state };
      });
    },
    bind: (params) =>
      bindTokens(cell, vocabSize, params.cell, tableOf(params), {
        logits: (outputs) => output.apply(params.output, tableOf(params), outputs),
        weights: () => output.weights(params.output, tableOf(params)),
      }),
  };
  return model;
}

/** The frames from `start` on. */
function from<T extends Tensor2D | Tensor3D>(start: number, x: T): T {
  return start === 0 ? x : (slice(x, [0, start]) as T);
}

function expectFrames(option: string, frames: number, least: number, most: number): void {
  if (Number.isSafeInteger(frames) && frames >= least && frames <= most) return;
  throw new OptionError(`languageModel: ${option}: expected ${least} to ${most} frames, got ${frames}.`);
}
