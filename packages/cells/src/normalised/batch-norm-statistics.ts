import {
  type BatchSource,
  breather,
  DataError,
  expectMethods,
  expectParamsOf,
  expectShape,
  expectSizes,
  OptionError,
  tree,
} from '@elman/core';
import {
  add,
  concat,
  dispose,
  mul,
  reshape,
  slice,
  type Tensor2D,
  type Tensor3D,
  type TensorContainer,
} from '@tensorflow/tfjs-core';
import {
  advance,
  type BatchNormLstmOptions,
  type BatchNormLstmParams,
  type BatchNormStatistics,
  batchNormLstm,
  momentsOf,
  normalised,
  type PopulationNormLstmParams,
} from './batch-norm-lstm.ts';

/** Sums over batches at one frame, each batch as often as it has rows. */
type Sums = { readonly rows: number; readonly moments: BatchNormStatistics };

/**
 * The statistics of the population for `batchNormLstm` with `frames`, and the parameters that it was trained with: over one epoch of
 * batches, at each frame the mean of the batches' means and of their variances times rows/(rows − 1), which estimates those of the
 * population. Where no sequence is so long, the last frame's. Batches, such as those of training, are disposed of.
 *
 * @param options those of the trained cell, and `frames`.
 * @param batches inputs [batch, time, inputSize]: two rows or more of one length, as in training; of a cell that runs in reverse, reversed.
 * @returns fresh parameters.
 * @throws {ShapeError} if inputs or parameters have another shape. {DataError} if there is no batch, or one has a single row. {OptionError} for
 * options that `batchNormLstm` refuses, or batches without an end. The reason of `signal` if it is aborted.
 * @see Cooijmans et al. 2017; Ioffe & Szegedy 2015, algorithm 2
 */
export async function batchNormStatistics(
  options: BatchNormLstmOptions & { readonly frames: number },
  params: BatchNormLstmParams,
  batches: BatchSource<{ readonly inputs: Tensor3D }>,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<PopulationNormLstmParams> {
  const name = 'batchNormStatistics';
  const { frames, ...sizes } = options;
  expectSizes(name, { frames });
  expectParamsOf(name, batchNormLstm(sizes), params);
  expectMethods(`${name}: batches`, batches, ['batch'], 'a source of batches');
  if (!Number.isSafeInteger(batches.batchesPerEpoch)) {
    throw new OptionError(`${name}: batches: they have no end; give a part of them.`);
  }
  const sums: Sums[] = [];
  const breathe = breather();
  try {
    for (let index = 0; index < batches.batchesPerEpoch; index++) {
      const batch = batches.batch(0, index);
      try {
        expectShape(name, 'inputs', batch.inputs, { batch: undefined, time: undefined, inputSize: options.inputSize });
        if (batch.inputs.shape[0] < 2) {
          throw new DataError(
            `${name}: batch ${index}: expected 2 rows or more, got ${batch.inputs.shape[0]}; give larger batches.`,
          );
        }
        for (const _ of addBatch(sums, options, params, batch.inputs)) {
          signal?.throwIfAborted();
          await breathe();
        }
      } finally {
        dispose(batch as TensorContainer);
      }
    }
    if (sums.length === 0) {
      throw new DataError(`${name}: batches: expected one frame or more, got none; give more data.`);
    }
    return tree.tidy(() => ({ ...tree.clone(params), statistics: meansOf(sums, frames) }));
  } finally {
    for (const { moments } of sums) tree.dispose(moments);
  }
}

/** Adds the moments of each frame of a batch, one with each turn. */
function* addBatch(
  sums: Sums[],
  { inputSize, hiddenSize, epsilon = 1e-5, frames }: BatchNormLstmOptions & { readonly frames: number },
  params: BatchNormLstmParams,
  inputs: Tensor3D,
): Generator<void> {
  const [rows, time] = inputs.shape;
  let state = batchNormLstm({ inputSize, hiddenSize, epsilon }).initialState(rows);
  try {
    for (let t = 0; t < Math.min(time, frames); t++) {
      const before = sums[t];
      const after = tree.tidy(() => {
        const moments: { -readonly [K in keyof BatchNormStatistics]?: BatchNormStatistics[K] } = {};
        const x: Tensor2D = reshape(slice(inputs, [0, t, 0], [rows, 1, inputSize]), [rows, inputSize]);
        const { state: next } = advance(params, state, x, (part, z) => {
          const { mean, variance } = momentsOf(z);
          moments[part] = { mean: mul(mean, rows), variance: mul(variance, rows * (rows / (rows - 1))) };
          return normalised(z, { mean, variance }, epsilon);
        });
        const found = moments as BatchNormStatistics;
        return { next, moments: before === undefined ? found : tree.zip(before.moments, found, (a, b) => add(a, b)) };
      });
      tree.dispose([state, before?.moments ?? []]);
      state = after.next;
      sums[t] = { rows: (before?.rows ?? 0) + rows, moments: after.moments };
      yield;
    }
  } finally {
    tree.dispose(state);
  }
}

/** [frames, size] */
function meansOf(sums: readonly Sums[], frames: number): BatchNormStatistics {
  const of = Array.from({ length: frames }, (_, t) => sums[Math.min(t, sums.length - 1)] as Sums);
  const means = of.map(({ rows, moments }) => tree.map(moments, (sum) => mul(sum, 1 / rows)));
  return tree.zipAll(means, (leaves) => concat(leaves as Tensor2D[], 0));
}
