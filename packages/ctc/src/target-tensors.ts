import {
  cast,
  fill,
  less,
  range,
  reshape,
  Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
} from '@tensorflow/tfjs-core';
import type { CtcSizes, CtcTargetOptions, CtcTargets } from './options.ts';
import { expectEnoughFrames, realFrames, targetRows } from './rows.ts';

/** Targets for a device. */
export interface TargetTensors {
  /** int32 [batch, width], width 1 or more; arbitrary after a row's length. */
  readonly labels: Tensor2D;
  /** float32 [batch] */
  readonly lengths: Tensor1D;
  /** bool [batch, time]: the real frames; undefined where all are. */
  readonly real?: Tensor2D | undefined;
}

/** Targets and lengths, given as arrays or tensors, as tensors; arrays are checked. Call it in a `tidy`. */
export function tensorsOf(
  where: string,
  sizes: CtcSizes,
  targets: CtcTargets,
  options: CtcTargetOptions,
  zeroInfinity: boolean,
): TargetTensors {
  const { batch, time, blank } = sizes;
  const { inputLengths, mask, targetLengths } = options;
  const frames = inputLengths instanceof Tensor || mask ? undefined : realFrames(where, sizes, options, unread);
  const rows =
    targets instanceof Tensor || targetLengths instanceof Tensor
      ? undefined
      : targetRows(where, sizes, targets, options, unread);
  if (frames !== undefined && rows !== undefined && !zeroInfinity) expectEnoughFrames(where, frames, rows);
  return {
    labels: targets instanceof Tensor ? widened(targets, blank) : padded(rows ?? targets, blank),
    lengths: lengthsOf(batch, targets, targetLengths, rows),
    real: mask === undefined ? realOf(time, inputLengths) : cast(mask, 'bool'),
  };
}

/** Does not read tensors. */
const unread = (): ArrayLike<number> => [];

/** At least one column, to avoid empty tensors. */
function widened(labels: Tensor2D, blank: number): Tensor2D {
  return labels.shape[1] > 0 ? labels : fill([labels.shape[0], 1], blank, 'int32');
}

function padded(rows: readonly ArrayLike<number>[], blank: number): Tensor2D {
  const width = rows.reduce((most, { length }) => Math.max(most, length), 1);
  const values = new Int32Array(rows.length * width).fill(blank);
  for (const [i, row] of rows.entries()) values.set(row, i * width);
  return tensor2d(values, [rows.length, width], 'int32');
}

function lengthsOf(
  batch: number,
  targets: CtcTargets,
  given: ArrayLike<number> | Tensor1D | undefined,
  rows: readonly Int32Array[] | undefined,
): Tensor1D {
  if (given instanceof Tensor) return cast(given, 'float32');
  if (given !== undefined) return tensor1d(Float32Array.from(given));
  if (targets instanceof Tensor) return fill([batch], targets.shape[1]);
  return tensor1d((rows as readonly Int32Array[]).map(({ length }) => length));
}

function realOf(time: number, lengths: ArrayLike<number> | Tensor1D | undefined): Tensor2D | undefined {
  if (lengths === undefined) return undefined;
  const tensor = lengths instanceof Tensor ? cast(lengths, 'float32') : tensor1d(Float32Array.from(lengths));
  return less(reshape(range(0, time), [1, time]), reshape(tensor, [-1, 1]));
}
