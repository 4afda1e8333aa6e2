import { expectShape, type Json, type Recipe, type Rng, type Tree, tree } from '@elman/core';
import type { Values } from '@elman/data';
import { accuracy, softmaxCrossEntropy } from '@elman/nn';
import { type Scalar, softmax, type Tensor, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { type Classes, expectClasses, likeliest } from './classifier.ts';
import { expectKind } from './expect-kind.ts';
import { type PredictOptions, predictRows } from './predict.ts';
import { type ReadBatch, type ReaderOptions, type ReaderParams, reader, readerRecipe } from './reading.ts';

/** Sequences and the class of each frame. */
export type TaggerBatch = ReadBatch & {
  /** int32 [batch, time] */
  readonly targets: Tensor;
  /** [batch, time], 1 where the target counts; default: where there is a frame. */
  readonly targetMask?: Tensor2D | undefined;
};

/** Parts and options of a tagger. */
export type TaggerOptions<P extends Tree, S extends Tree> = ReaderOptions<P, S> & {
  readonly classes: Classes;
  /** Label smoothing of the loss; 0 by default. */
  readonly labelSmoothing?: number | undefined;
};

/** The prediction of a tagger for a sequence. */
export type Tagged = {
  /** The likeliest class of each frame. */
  readonly classes: Int32Array;
  /** Their names, if classes have names. */
  readonly labels?: readonly string[] | undefined;
  /** The probability of each class, frame after frame: [time·classes]. */
  readonly probabilities: Float32Array;
};

/** A model of the class of every frame. */
export interface Tagger {
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
  /** [batch, time, classes] */
  logits(params: ReaderParams, batch: ReadBatch, options?: { readonly rng?: Rng | undefined }): Tensor3D;
  /** Mean cross-entropy in nats, the number of frames, and with `metrics` the `accuracy`. */
  loss(
    params: ReaderParams,
    batch: TaggerBatch,
    state: readonly never[],
    options?: { readonly rng?: Rng | undefined; readonly metrics?: boolean | undefined },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /** Predictions for sequences, ids [time] or frames [time][inputSize]. @throws {DataError} for an invalid one. */
  predict(params: ReaderParams, sequences: readonly Values[], options?: PredictOptions): Promise<Tagged[]>;
}

/**
 * A tagger: a sequence in, one class out for each frame.
 *
 *   outputs   = encoder(embed(ids))      or the frames themselves
 *   p(classₜ) = softmax(outputₜ·kernel + bias)
 *
 * Shapes: ids int32 [batch, time] or frames [batch, time, inputSize]; logits [batch, time, classes].
 * Init:   table normal with deviation 1; kernel Glorot uniform; bias 0; all else as the parts have it.
 * @throws {OptionError} if the parts are incompatible.
 */
export function tagger<P extends Tree, S extends Tree>(options: TaggerOptions<P, S>): Tagger {
  const name = 'tagger';
  const { labelSmoothing = 0 } = options;
  const { classes, labels } = expectClasses(name, options.classes);
  const read = reader(name, options, classes);
  const model: Tagger = {
    name,
    recipe: readerRecipe(name, options, { classes: options.classes as Json, labelSmoothing }),
    vocabSize: read.vocabSize,
    classes,
    labels,
    init: (rng) => read.init(rng),
    initialState: () => [],
    batchSize: ({ inputs }) => inputs.shape[0] as number,
    logits: (params, batch, given) => read.outputs(params, batch, given) as Tensor3D,
    loss(params, batch, _, { rng, metrics = false } = {}) {
      const { targets, mask: real, targetMask: mask = real } = batch;
      const [rows, time] = batch.inputs.shape;
      expectKind(name, 'targets', targets, {
        what: 'classes',
        dtype: 'int32',
        axes: { batch: rows, time },
        advice: `give each time step a class from 0 to ${classes - 1}; classes of whole sequences are for a classifier, numbers for a regressor`,
      });
      if (mask !== undefined) expectShape(name, 'targetMask', mask, { batch: rows, time });
      return tree.tidy(() => {
        const logits = model.logits(params, batch, { rng });
        const { loss, count } = softmaxCrossEntropy(logits, targets, { mask, labelSmoothing });
        const measured: { [name: string]: Scalar } = metrics ? { accuracy: accuracy(logits, targets, { mask }) } : {};
        return { loss, count, state: [], metrics: measured };
      });
    },
    async predict(params, sequences, given = {}) {
      const rows = await predictRows(name, read, sequences, (batch) => softmax(model.logits(params, batch)), given);
      return rows.map((row, i) => {
        const { length } = sequences[i] as Values;
        const probabilities = row.slice(0, length * classes);
        const best = Int32Array.from({ length }, (_, t) =>
          likeliest(probabilities.subarray(t * classes, (t + 1) * classes)),
        );
        return {
          classes: best,
          ...(labels && { labels: Array.from(best, (id) => labels[id] as string) }),
          probabilities,
        };
      });
    },
  };
  return model;
}
