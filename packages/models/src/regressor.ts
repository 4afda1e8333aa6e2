import { type Attention, expectShape, OptionError, type Recipe, type Rng, type Tree, tree } from '@elman/core';
import type { Values } from '@elman/data';
import { meanSquaredError } from '@elman/nn';
import {
  abs,
  cast,
  div,
  expandDims,
  maximum,
  mean,
  mul,
  notEqual,
  type Scalar,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { expectKind, listOf } from './expect-kind.ts';
import type { PoolingKind } from './pooling.ts';
import { type PredictOptions, predictRows } from './predict.ts';
import { type ReadBatch, type ReaderOptions, type ReaderParams, reader, readerRecipe } from './reading.ts';
import type { ReadoutModel } from './readout/readout.ts';

/** Sequences and their target numbers. */
export type RegressorBatch = ReadBatch & {
  /** [batch, outputSize], or [batch, time, outputSize] with targets per frame; without the last axis where that is 1. */
  readonly targets: Tensor;
  /** With targets per frame: [batch, time], 1 where the target counts; default: where there is a frame. */
  readonly targetMask?: Tensor2D | undefined;
};

/** Parts and options of a regressor. */
export type RegressorOptions<P extends Tree, S extends Tree, A extends Tree> = ReaderOptions<P, S> & {
  /** Number of outputs. */
  readonly outputSize: number;
  /** One output for the whole sequence, the default, or for each frame. */
  readonly of?: 'sequence' | 'frame' | undefined;
  /** How a sequence becomes one vector, as for `classifier`; `state` by default. */
  readonly pooling?: PoolingKind | Attention<A> | undefined;
};

/** A regression model. */
export interface Regressor extends ReadoutModel<ReaderParams, readonly never[], RegressorBatch> {
  readonly name: string;
  /** Absent if a part has none. */
  readonly recipe?: Recipe | undefined;
  /** Vocabulary of its input ids, if it reads ids. */
  readonly vocabSize?: number | undefined;
  readonly outputSize: number;
  init(rng: Rng): ReaderParams;
  /** No state is carried from batch to batch. */
  initialState(batchSize: number): readonly never[];
  batchSize(batch: ReadBatch): number;
  /** [batch, outputSize], or [batch, time, outputSize] of each frame. */
  outputs(params: ReaderParams, batch: ReadBatch, options?: { readonly rng?: Rng | undefined }): Tensor;
  /** Mean squared error, the number of numbers, and with `metrics` the `absoluteError`. */
  loss(
    params: ReaderParams,
    batch: RegressorBatch,
    state: readonly never[],
    options?: { readonly rng?: Rng | undefined; readonly metrics?: boolean | undefined },
  ): { loss: Scalar; count: Scalar; state: readonly never[]; metrics: { readonly [name: string]: Scalar } };
  /**
   * Predictions for sequences, ids [time] or frames [time][inputSize]: outputSize numbers of each, or [time·outputSize].
   * @throws {DataError} for an invalid one.
   */
  predict(params: ReaderParams, sequences: readonly Values[], options?: PredictOptions): Promise<Float32Array[]>;
}

/**
 * A regressor: a sequence in, one or several numbers out, of the whole or of each frame.
 *
 *   outputs, state = encoder(embed(ids))      or the frames themselves
 *   y              = pooling(outputs, state)·kernel + bias      of each frame: yₜ = outputₜ·kernel + bias
 *   loss           = mean (y − target)²
 *
 * Shapes: ids int32 [batch, time] or frames [batch, time, inputSize]; y [batch, outputSize] or [batch, time, outputSize].
 * Init:   table normal with deviation 1; kernel Glorot uniform; bias 0; all else as the parts have it.
 * @throws {OptionError} if the parts are incompatible.
 */
export function regressor<P extends Tree, S extends Tree, A extends Tree>(
  options: RegressorOptions<P, S, A>,
): Regressor {
  const name = 'regressor';
  const { outputSize, of = 'sequence', pooling } = options;
  if (of !== 'sequence' && of !== 'frame') {
    throw new OptionError(`${name}: of: expected sequence or frame, got ${of as string}.`);
  }
  if (of === 'frame' && pooling !== undefined) {
    throw new OptionError(`${name}: pooling: expected none with \`of: 'frame'\`; leave it out.`);
  }
  const pool = of === 'frame' ? undefined : (pooling ?? 'state');
  const read = reader(name, options, outputSize, pool);
  /** The targets, checked, and the mask of those that count. */
  const wanted = ({ inputs, targets, mask: real, targetMask = real }: RegressorBatch) => {
    const [rows, time] = inputs.shape as [number, number];
    const mask = of === 'frame' ? targetMask : undefined;
    if (mask !== undefined) expectShape(name, 'targetMask', mask, { rows, time });
    return { targets: numbersOf(name, targets, of === 'frame' ? { rows, time } : { rows }, outputSize), mask };
  };
  const model: Regressor = {
    name,
    recipe: readerRecipe(name, options, { outputSize, of }, pool as PoolingKind | Attention<Tree> | undefined),
    vocabSize: read.vocabSize,
    outputSize,
    init: (rng) => read.init(rng),
    initialState: () => [],
    batchSize: ({ inputs }) => inputs.shape[0] as number,
    outputs: (params, batch, given) => read.outputs(params, batch, given),
    loss(params, batch, _, { rng, metrics = false } = {}) {
      return tree.tidy(() => {
        const { targets, mask } = wanted(batch);
        const outputs = model.outputs(params, batch, { rng });
        const { loss, count } = meanSquaredError(outputs, targets, { mask });
        const measured: { [name: string]: Scalar } = metrics
          ? { absoluteError: absoluteError(outputs, targets, mask) }
          : {};
        return { loss, count, state: [], metrics: measured };
      });
    },
    readout: (params, batch) => ({ ...wanted(batch), inputs: read.read(params, batch), state: [] }),
    async predict(params, sequences, given = {}) {
      const rows = await predictRows(name, read, sequences, (batch) => model.outputs(params, batch), given);
      return of === 'frame' ? rows.map((row, i) => row.slice(0, (sequences[i] as Values).length * outputSize)) : rows;
    },
  };
  return model;
}

/** Targets as float32 […, outputSize]; where that is 1, the axis may be missing. */
function numbersOf(name: string, given: Tensor, axes: { readonly [axis: string]: number }, outputSize: number): Tensor {
  const lacksAxis = outputSize === 1 && given.shape.join() === Object.values(axes).join();
  const targets = lacksAxis ? expandDims(given, -1) : given;
  expectKind(name, 'targets', targets, {
    what: 'numbers',
    dtype: targets.dtype === 'int32' ? 'int32' : 'float32',
    axes: { ...axes, outputSize },
    advice:
      'time' in axes
        ? `give each time step ${listOf(outputSize)}; without \`of: 'frame'\` they are wanted of whole sequences`
        : `give each sequence ${listOf(outputSize)}; \`of: 'frame'\` wants them of each time step`,
  });
  return cast(targets, 'float32');
}

/** Mean |outputs − targets| over the numbers whose mask, [batch, time], is not 0. */
export function absoluteError(outputs: Tensor, targets: Tensor, mask: Tensor2D | undefined): Scalar {
  const errors = abs(sub(outputs, targets));
  if (mask === undefined) return mean(errors);
  const real = notEqual(mask, 0);
  const count = mul(sum(cast(real, 'float32')), outputs.shape.at(-1) as number);
  const counted = where(expandDims(real, 2), errors, zerosLike(errors));
  return div(sum(counted), maximum(count, 1)) as Scalar;
}
