import {
  type Attention,
  expectSizes,
  type Json,
  OptionError,
  type Recipe,
  type Rng,
  type Tree,
  tree,
} from '@elman/core';
import type { Values } from '@elman/data';
import { accuracy, softmaxCrossEntropy } from '@elman/nn';
import { type Scalar, softmax, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { expectKind } from './expect-kind.ts';
import type { PoolingKind } from './pooling.ts';
import { type PredictOptions, predictRows } from './predict.ts';
import { type ReadBatch, type ReaderOptions, type ReaderParams, reader, readerRecipe } from './reading.ts';

/** The number of classes, or their names. */
export type Classes = number | readonly string[];

/** Sequences and the class of each. */
export type ClassifierBatch = ReadBatch & {
  /** int32 [batch] */
  readonly targets: Tensor;
};

/** Parts and options of a classifier. */
export type ClassifierOptions<P extends Tree, S extends Tree, A extends Tree> = ReaderOptions<P, S> & {
  readonly classes: Classes;
  /**
   * How a sequence becomes one vector: `state`, the default (the last states of the encoder), `last` (the output at the
   * last real frame), `mean` or `max` of the outputs, or an attention with a learned query.
   */
  readonly pooling?: PoolingKind | Attention<A> | undefined;
  /** Label smoothing of the loss; 0 by default. */
  readonly labelSmoothing?: number | undefined;
};

/** The prediction of a classifier for a sequence. */
export type Classified = {
  /** The likeliest class. */
  readonly class: number;
  /** Its name, if classes have names. */
  readonly label?: string | undefined;
  /** The probability of each class. */
  readonly probabilities: Float32Array;
};

/** A model of the class of a whole sequence. */
export interface Classifier {
  readonly name: string;
  /** Absent if a part has none. */
  readonly recipe?: Recipe | undefined;
  /** Vocabulary of its input ids, if it reads ids. */
  readonly vocabSize?: number | undefined;
  readonly classes: number;
  /** The names of the classes, if given. */
  readonly labels?: readonly string[] | undefined;
  init(rng: Rng): ReaderParams;
  /** No state is carried from batch to batch. */
  initialState(batchSize: number): readonly never[];
  batchSize(batch: ReadBatch): number;
  /** [batch, classes] */
  logits(params: ReaderParams, batch: ReadBatch, options?: { readonly rng?: Rng | undefined }): Tensor2D;
  /** Mean cross-entropy in nats, the number of rows, and with `metrics` the `accuracy`. */
  loss(
    params: ReaderParams,
    batch: ClassifierBatch,
    state: readonly never[],
    options?: { readonly rng?: Rng | undefined; readonly metrics?: boolean | undefined },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /** Predictions for sequences, ids [time] or frames [time][inputSize]. @throws {DataError} for an invalid one. */
  predict(params: ReaderParams, sequences: readonly Values[], options?: PredictOptions): Promise<Classified[]>;
}

/**
 * A classifier: a sequence in, one class out.
 *
 *   outputs, state = encoder(embed(ids))      or the frames themselves
 *   v              = pooling(outputs, state)
 *   p(class)       = softmax(v·kernel + bias)
 *
 * Shapes: ids int32 [batch, time] or frames [batch, time, inputSize]; logits [batch, classes].
 * Init:   table normal with deviation 1; kernel Glorot uniform; bias 0; all else as the parts have it.
 * @throws {OptionError} if the parts are incompatible.
 */
export function classifier<P extends Tree, S extends Tree, A extends Tree>(
  options: ClassifierOptions<P, S, A>,
): Classifier {
  const name = 'classifier';
  const { pooling = 'state', labelSmoothing = 0 } = options;
  const { classes, labels } = expectClasses(name, options.classes);
  const read = reader(name, options, classes, pooling);
  const model: Classifier = {
    name,
    recipe: readerRecipe(
      name,
      options,
      { classes: options.classes as Json, labelSmoothing },
      pooling as PoolingKind | Attention<Tree>,
    ),
    vocabSize: read.vocabSize,
    classes,
    labels,
    init: (rng) => read.init(rng),
    initialState: () => [],
    batchSize: ({ inputs }) => inputs.shape[0] as number,
    logits: (params, batch, given) => read.outputs(params, batch, given) as Tensor2D,
    loss(params, batch, _, { rng, metrics = false } = {}) {
      const targets = batch.targets as Tensor1D;
      expectKind(name, 'targets', targets, {
        what: 'classes',
        dtype: 'int32',
        axes: { batch: batch.inputs.shape[0] },
        advice: `give each sequence one class from 0 to ${classes - 1}; classes of frames are for a tagger, numbers for a regressor`,
      });
      return tree.tidy(() => {
        const logits = model.logits(params, batch, { rng });
        const { loss, count } = softmaxCrossEntropy(logits, targets, { labelSmoothing });
        const measured: { [name: string]: Scalar } = metrics ? { accuracy: accuracy(logits, targets) } : {};
        return { loss, count, state: [], metrics: measured };
      });
    },
    async predict(params, sequences, given = {}) {
      const rows = await predictRows(name, read, sequences, (batch) => softmax(model.logits(params, batch)), given);
      return rows.map((probabilities) => {
        const best = likeliest(probabilities);
        return { class: best, ...(labels && { label: labels[best] as string }), probabilities };
      });
    },
  };
  return model;
}

/** The number of classes, and their names. @throws {OptionError} for fewer than two, or names that occur twice. */
export function expectClasses(
  name: string,
  given: Classes,
): { readonly classes: number; readonly labels: readonly string[] | undefined } {
  const labels = typeof given === 'number' ? undefined : given;
  const classes = typeof given === 'number' ? given : given.length;
  expectSizes(name, { classes });
  if (classes < 2) throw new OptionError(`${name}: classes: expected two or more, got ${classes}.`);
  const twice = labels?.find((label, i) => labels.indexOf(label) < i);
  if (twice !== undefined) throw new OptionError(`${name}: classes: expected names that differ, got "${twice}" twice.`);
  return { classes, labels };
}

/** The index of the highest number; ties: the first. */
export function likeliest(numbers: Float32Array): number {
  let best = 0;
  for (let i = 1; i < numbers.length; i++) if ((numbers[i] as number) > (numbers[best] as number)) best = i;
  return best;
}
