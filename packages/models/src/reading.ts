import {
  type Attention,
  expectFrames,
  expectMethods,
  expectShape,
  expectSizes,
  type Json,
  OptionError,
  type Recipe,
  type Rng,
  type Sequence,
  type Tree,
  tree,
} from '@elman/core';
import { type DenseParams, dense, dropout as dropOut, type EmbeddingParams, embedding } from '@elman/nn';
import type { SequenceLayer } from '@elman/rnn';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { expectKind, listOf } from './expect-kind.ts';
import type { NoParams } from './language-model.ts';
import { type PoolingKind, poolingOf } from './pooling.ts';

/** A batch of input sequences. */
export type ReadBatch = {
  /** Ids int32 [batch, time] where the model has a vocabulary, else frames [batch, time, the encoder's inputSize]. */
  readonly inputs: Tensor;
  /** [batch, time], 1 where there is a frame, 0 where the row has ended; default: all are frames. */
  readonly mask?: Tensor2D | undefined;
};

/** Parts and options of every model that reads a sequence. */
export type ReaderOptions<P extends Tree, S extends Tree> = {
  /** A layer over the sequence: `layer(cell)`, `bidirectional(…)`, `deep([…])`. */
  readonly encoder: SequenceLayer<P, S>;
  /** Vocabulary of the input ids: a tokenizer, or `{ vocabSize }`. Without one it reads frames of numbers. */
  readonly vocabulary?: { readonly vocabSize: number } | undefined;
  /** Dropout rate in training before the output layer; 0 by default. */
  readonly dropout?: number | undefined;
};

/** Parameters of its parts. `pooling` is empty except for attention, `embedding` where frames are read. */
export type ReaderParams = {
  readonly encoder: Tree;
  readonly embedding: EmbeddingParams | NoParams;
  readonly pooling: Tree;
  readonly output: DenseParams;
};

/** Maps sequences to `outputSize` numbers each, or per frame. */
export interface Reader {
  readonly inputSize: number;
  readonly vocabSize: number | undefined;
  init(rng: Rng): ReaderParams;
  /** What the output layer reads: [batch, size], or [batch, time, size] without pooling. */
  read(params: ReaderParams, batch: ReadBatch, options?: { readonly rng?: Rng | undefined }): Tensor;
  /** [batch, outputSize], or [batch, time, outputSize] without pooling. */
  outputs(params: ReaderParams, batch: ReadBatch, options?: { readonly rng?: Rng | undefined }): Tensor;
}

/** The base of classifiers, taggers and regressors. @throws {OptionError} if the parts are incompatible. */
export function reader<P extends Tree, S extends Tree, A extends Tree>(
  name: string,
  options: ReaderOptions<P, S>,
  outputSize: number,
  pooling?: PoolingKind | Attention<A> | undefined,
): Reader {
  const { vocabulary, dropout = 0 } = options;
  const encoder = options.encoder as unknown as SequenceLayer<Tree, Tree>;
  const layers = 'a layer, such as bidirectional(cell, cell) or layer(cell)';
  expectMethods(`${name}: encoder`, encoder, ['init', 'initialState', 'run'], layers);
  const { inputSize } = encoder;
  const vocabSize = vocabulary?.vocabSize;
  if (vocabSize !== undefined) expectSizes(name, { vocabSize });
  if (!(dropout >= 0 && dropout < 1)) {
    throw new OptionError(`${name}: dropout: expected a number from 0 to below 1, got ${dropout}.`);
  }
  const table = vocabSize === undefined ? undefined : embedding({ vocabSize, size: inputSize });
  const pool = pooling === undefined ? undefined : poolingOf(name, encoder, pooling);
  const output = dense({ inputSize: pool?.size ?? encoder.outputSize, outputSize });
  const self: Reader = {
    inputSize,
    vocabSize,
    init: (rng) => ({
      encoder: encoder.init(rng.fork('encoder')),
      embedding: table?.init(rng.fork('embedding')) ?? {},
      pooling: pool?.init(rng.fork('pooling')) ?? {},
      output: output.init(rng.fork('output')),
    }),
    read(params, { inputs, mask }, { rng } = {}) {
      expectInputs(name, inputs, table === undefined ? inputSize : undefined);
      const [batch, time] = inputs.shape as [number, number];
      if (mask !== undefined) expectShape(name, 'mask', mask, { batch, time });
      return tree.tidy(() => {
        const frames = (table?.apply(params.embedding as EmbeddingParams, inputs) ?? inputs) as Sequence;
        const { outputs, state } = encoder.run(params.encoder, frames, { mask, rng: rng?.fork('encoder') });
        return pool?.apply(params.pooling, outputs, state, mask) ?? outputs;
      });
    },
    outputs: (params, batch, { rng } = {}) =>
      tree.tidy(() => {
        const read = self.read(params, batch, { rng });
        return output.apply(params.output, dropOut(read, dropout, rng?.fork('output')));
      }),
  };
  return self;
}

/** Throws unless inputs are ids or, with an `inputSize`, frames of that size. */
function expectInputs(name: string, inputs: Tensor, inputSize: number | undefined): void {
  const axes = { batch: undefined, time: undefined };
  expectKind(
    name,
    'inputs',
    inputs,
    inputSize === undefined
      ? { what: 'ids', dtype: 'int32', axes, advice: 'to read frames of numbers leave out the vocabulary' }
      : { what: 'frames', dtype: 'float32', axes: { ...axes, inputSize }, advice: framesAdvice(inputSize) },
  );
  expectFrames(name, 'inputs', inputs);
}

const framesAdvice = (inputSize: number): string =>
  `give each time step as ${listOf(inputSize)}, or a \`vocabulary\` to read ids`;

/** The recipe of the model, if its encoder and its pooling have one. */
export function readerRecipe<P extends Tree, S extends Tree>(
  factory: string,
  { encoder, vocabulary, dropout = 0 }: ReaderOptions<P, S>,
  others: { readonly [option: string]: Json },
  pooling?: PoolingKind | Attention<Tree> | undefined,
): Recipe | undefined {
  const pool = typeof pooling === 'object' ? pooling.recipe : pooling;
  if (encoder.recipe === undefined || (pooling !== undefined && pool === undefined)) return undefined;
  const options: { [option: string]: Json } = {
    encoder: encoder.recipe,
    ...(vocabulary === undefined ? {} : { vocabulary: { vocabSize: vocabulary.vocabSize } }),
    ...(pool === undefined ? {} : { pooling: pool }),
    dropout,
    ...others,
  };
  return { package: '@elman/models', factory, arguments: [options] };
}
