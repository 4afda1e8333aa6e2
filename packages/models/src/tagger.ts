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

/** What a tagger is made of. */
export type TaggerOptions<P extends Tree, S extends Tree> = ReaderOptions<P, S> & {
  readonly classes: Classes;
  /** Of the loss; 0 by default. */
  readonly labelSmoothing?: number | undefined;
};

/** What a tagger says of a sequence. */
export type Tagged = {
  /** The likeliest class of each frame. */
  readonly classes: Int32Array;
  /** Their names, where classes have names. */
  readonly labels?: readonly string[] | undefined;
  /** Of each class, frame after frame: [time·classes]. */
  readonly probabilities: Float32Array;
};

/** A model of the class of every frame. */
export interface Tagger {
  readonly name: string;
  /** Absent where a part has none. */
  readonly recipe?: Recipe | undefined;
  /** Of the ids that it reads, where it reads ids. */
  readonly vocabSize?: number | undefined;
  readonly classes: number;
  /** The names of the classes, where they have names. */
  readonly labels?: readonly string[] | undefined;
  init(rng: Rng): ReaderParams;
  /** Nothing is carried from batch to batch. */
  initialState(batchSize: number): readonly never[];
  batchSize(batch: ReadBatch): number;
  /** [batch, time, classes] */
  logits(params: ReaderParams, batch: ReadBatch, options?: { readonly rng?: Rng | undefined }): Tensor3D;
  /** Mean nats of the right classes, over how many frames, and their `accuracy` where metrics are asked for. */
  loss(
    params: ReaderParams,
    batch: TaggerBatch,
    state: readonly never[],
    options?: { readonly rng?: Rng | undefined; readonly metrics?: boolean | undefined },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /** What it says of sequences, ids [time] or frames [time][inputSize]. @throws {DataError} for one that it cannot read. */
  predict(params: ReaderParams, sequences: readonly Values[], options?: PredictOptions): Promise<Tagged[]>;
}

/**
 * A tagger: a sequence in, one class out for each frame.
 *
 *   outputs   = encoder(embed(ids))      or of frames as they are
 *   p(classₜ) = softmax(outputₜ·kernel + bias)
 *
 * Shapes: ids int32 [batch, time] or frames [batch, time, inputSize]; logits [batch, time, classes].
 * Init:   table normal with deviation 1; kernel Glorot uniform; bias 0; all else as the parts have it.
 * @throws {OptionError} if the parts do not go together.
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
