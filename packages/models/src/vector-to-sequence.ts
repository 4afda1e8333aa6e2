import {
  type Cell,
  expectShape,
  expectSizes,
  type Frame,
  type Json,
  OptionError,
  type Recipe,
  type Rng,
  type TokenModel,
  type Tree,
  tree,
} from '@elman/core';
import {
  accuracy,
  type DenseParams,
  dense,
  dropout as dropOut,
  type EmbeddingParams,
  embedding,
  softmaxCrossEntropy,
} from '@elman/nn';
import { conditioned, unroll } from '@elman/rnn';
import {
  clone,
  expandDims,
  reshape,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tanh,
} from '@tensorflow/tfjs-core';
import type { NoParams } from './language-model.ts';
import type { OutputWeights } from './output/output-layer.ts';
import { sampledInputs } from './scheduled-sampling.ts';
import { repeatRows, sessionsOf } from './session.ts';

/** Vectors and their target sequences of ids. */
export type VectorBatch = {
  /** [batch, vectorSize] */
  readonly vectors: Tensor2D;
  /** int32 [batch, time]: a start symbol, then the targets without the last. */
  readonly inputs: Tensor2D;
  /** int32 [batch, time] */
  readonly targets: Tensor2D;
  /** [batch, time], 1 where the target counts; default: all do. */
  readonly mask?: Tensor2D | undefined;
};

/** Parts and options of a vector-to-sequence model. */
export type VectorToSequenceOptions<P extends Tree, S extends Tree> = {
  /** A cell over embedded tokens; where the vector is an input, with an inputSize that includes it (or its features). */
  readonly decoder: Cell<P, S>;
  readonly vectorSize: number;
  /** Vocabulary of the sequences: a tokenizer, or `{ vocabSize }`. */
  readonly vocabulary: { readonly vocabSize: number };
  /** Whether the vector is a further `input` at every step, gives the first `state`, or `both`, the default. */
  readonly conditioning?: 'input' | 'state' | 'both' | undefined;
  /** Units of a tanh layer over the vectors; none by default. */
  readonly featureSize?: number | undefined;
  /** Dropout rate of the cell's outputs in training; 0 by default. */
  readonly dropout?: number | undefined;
  /** Label smoothing of the loss; 0 by default. */
  readonly labelSmoothing?: number | undefined;
};

/** Parameters of its parts; `features` is empty without featureSize. */
export type VectorToSequenceParams = {
  readonly decoder: Tree;
  readonly features: DenseParams | NoParams;
  readonly embedding: EmbeddingParams;
  readonly output: DenseParams;
};

/** A decoder over given vectors. */
export interface BoundVectors<S extends Tree> extends TokenModel<S> {
  /** Disposes tensors derived from the vectors. */
  dispose(): void;
}

/** A vector-to-sequence model: captions of image features, for example. */
export interface VectorToSequence<S extends Tree> {
  readonly name: string;
  /** Absent if its decoder has none. */
  readonly recipe?: Recipe | undefined;
  readonly vocabSize: number;
  readonly vectorSize: number;
  init(rng: Rng): VectorToSequenceParams;
  /** No state is carried from batch to batch. */
  initialState(batchSize: number): readonly never[];
  batchSize(batch: VectorBatch): number;
  /** Logits of the decoder: [batch, time, vocabSize]. */
  logits(
    params: VectorToSequenceParams,
    batch: Omit<VectorBatch, 'targets'>,
    options?: { readonly rng?: Rng | undefined },
  ): Tensor3D;
  /**
   * Mean nats of the unmasked targets (teacher forcing), and their number. `sampling` is the probability with which an
   * input of the decoder is replaced by a token drawn from the model; it requires `rng`.
   */
  loss(
    params: VectorToSequenceParams,
    batch: VectorBatch,
    state: readonly never[],
    options?: {
      readonly rng?: Rng | undefined;
      readonly sampling?: number | undefined;
      readonly metrics?: boolean | undefined;
    },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /**
   * The decoder over these vectors, as decoding methods use it: row i of a batch is conditioned on vector i, its
   * context. Dispose of it before the parameters.
   */
  bind(params: VectorToSequenceParams, vectors: Tensor2D): BoundVectors<S>;
}

/**
 * A vector-to-sequence model: a language model that is conditioned on a vector.
 *
 *   v              = tanh(vector·kernel + bias)      with featureSize; else the vector itself
 *   sₜ, yₜ         = conditioned(decoder)(sₜ₋₁, embed(tokenₜ), v)
 *   p(tokenₜ₊₁)    = softmax(yₜ·kernel + bias)
 *
 * Shapes: vectors [batch, vectorSize]; inputs, targets int32 [batch, time]; logits [batch, time, vocabSize].
 * Init:   table normal with deviation 1; kernels Glorot uniform; biases 0; the decoder's as it and `conditioned` have it.
 * @throws {OptionError} if the parts are incompatible.
 * @see Goodfellow, Bengio & Courville 2016, section 10.2.4. Captions by recurrent nets: Vinyals et al. 2015 (Show and
 * tell), Karpathy & Li 2015 and Mao et al. 2015, all three with other conditionings: see `conditioned` of @elman/rnn
 */
export function vectorToSequence<P extends Tree, S extends Tree>(
  options: VectorToSequenceOptions<P, S>,
): VectorToSequence<Tree> {
  const name = 'vectorToSequence';
  const { vectorSize, featureSize, conditioning = 'both', dropout = 0, labelSmoothing = 0 } = options;
  const { vocabSize } = options.vocabulary;
  expectSizes(name, { vectorSize, vocabSize, ...(featureSize === undefined ? {} : { featureSize }) });
  if (!(dropout >= 0 && dropout < 1)) {
    throw new OptionError(`${name}: dropout: expected a number from 0 to below 1, got ${dropout}.`);
  }
  const size = featureSize ?? vectorSize;
  const inner = options.decoder as unknown as Cell<Tree, Tree>;
  const decoder = conditioned(inner, { size, as: conditioning }) as Cell<Tree, Tree, Frame>;
  const features = featureSize === undefined ? undefined : dense({ inputSize: vectorSize, outputSize: featureSize });
  const table = embedding({ vocabSize, size: decoder.inputSize });
  const output = dense({ inputSize: decoder.outputSize, outputSize: vocabSize });

  const contextOf = (params: VectorToSequenceParams, vectors: Tensor2D): Frame =>
    features === undefined ? clone(vectors) : tanh(features.apply(params.features as DenseParams, vectors));
  const run = (params: VectorToSequenceParams, ids: Tensor, context: Frame, state: Tree | undefined, rng?: Rng) =>
    unroll(decoder, params.decoder, table.apply(params.embedding, ids) as Tensor3D, { state, context, rng });

  const model: VectorToSequence<Tree> = {
    name,
    recipe: recipeOf(options),
    vocabSize,
    vectorSize,
    init: (rng) => ({
      decoder: decoder.init(rng.fork('decoder')),
      features: features?.init(rng.fork('features')) ?? {},
      embedding: table.init(rng.fork('embedding')),
      output: output.init(rng.fork('output')),
    }),
    initialState: () => [],
    batchSize: ({ vectors }) => vectors.shape[0],
    logits(params, { vectors, inputs }, { rng } = {}) {
      expectShape(name, 'vectors', vectors, { batch: undefined, vectorSize });
      expectShape(name, 'inputs', inputs, { batch: vectors.shape[0], time: undefined });
      return tree.tidy(() => {
        const { outputs } = run(params, inputs, contextOf(params, vectors), undefined, rng?.fork('decoder'));
        return output.apply(params.output, dropOut(outputs, dropout, rng?.fork('output')));
      }) as Tensor3D;
    },
    loss(params, batch, _, { rng, sampling = 0, metrics = false } = {}) {
      const { vectors, targets, mask } = batch;
      expectShape(name, 'vectors', vectors, { batch: undefined, vectorSize });
      return tree.tidy(() => {
        const inputs = sampledInputs(name, () => model.bind(params, vectors), batch.inputs, { sampling, rng, mask });
        const logits = model.logits(params, { vectors, inputs }, { rng });
        const { loss, count } = softmaxCrossEntropy(logits, targets, { mask, labelSmoothing });
        const measured: { [name: string]: Scalar } = metrics ? { accuracy: accuracy(logits, targets, { mask }) } : {};
        return { loss, count, state: [], metrics: measured };
      });
    },
    bind(params, vectors) {
      expectShape(name, 'vectors', vectors, { batch: undefined, vectorSize });
      const held = tree.tidy(() => contextOf(params, vectors));
      const [rows] = vectors.shape;
      const sessions = sessionsOf({
        cell: decoder,
        vocabSize,
        params: params.decoder,
        context: held,
        rows,
        initialState: (batchSize) =>
          tree.tidy(() => repeatRows(name, decoder.initialState(rows, held), rows, batchSize)),
        table: params.embedding.table,
        output: () => ({ weights: params.output as OutputWeights, made: [] }),
      });
      return {
        vocabSize,
        context: held,
        open: sessions.open,
        initialState(batchSize) {
          if (batchSize === rows) return tree.tidy(() => decoder.initialState(batchSize, held));
          throw new OptionError(`${name}: expected a row for each of the ${rows} vectors, got ${batchSize}.`);
        },
        next(state, tokens, context: Tree | undefined = held) {
          expectShape(name, 'tokens', tokens, { batch: tree.leaves(state)[0]?.shape[0] });
          return tree.tidy(() => {
            const { outputs, state: next } = run(params, expandDims(tokens, 1), context as Frame, state);
            const said: Tensor2D = reshape(outputs, [-1, decoder.outputSize]);
            return { logits: output.apply(params.output, said), state: next, features: said };
          });
        },
        dispose() {
          sessions.dispose();
          held.dispose();
        },
      };
    },
  };
  return model;
}

/** The recipe of the model, if its decoder has one. */
function recipeOf<P extends Tree, S extends Tree>({
  decoder,
  vectorSize,
  vocabulary,
  conditioning = 'both',
  featureSize,
  dropout = 0,
  labelSmoothing = 0,
}: VectorToSequenceOptions<P, S>): Recipe | undefined {
  if (decoder.recipe === undefined) return undefined;
  const options: { [option: string]: Json } = {
    decoder: decoder.recipe,
    vectorSize,
    vocabulary: { vocabSize: vocabulary.vocabSize },
    conditioning,
    ...(featureSize === undefined ? {} : { featureSize }),
    dropout,
    labelSmoothing,
  };
  return { package: '@elman/models', factory: 'vectorToSequence', arguments: [options] };
}
