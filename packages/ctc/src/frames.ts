import { DivergenceError, type Sequence, type Tree } from '@elman/core';
import { Tensor } from '@tensorflow/tfjs-core';
import { logSumExp } from './log-space.ts';
import { type CtcOptions, type CtcSizes, sizesOf } from './options.ts';
import { type Read, realFrames } from './rows.ts';

/** Logits on the host, with the real frames of each row. */
export interface HostLogits extends CtcSizes {
  readonly values: ArrayLike<number>;
  readonly frames: readonly Int32Array[];
  /** Returns the numbers of a tensor that was read. */
  readonly read: Read;
}

/** Reads logits, lengths and the tensors among `others`, all at once. */
export async function readLogits(
  where: string,
  logits: Sequence,
  options: CtcOptions,
  others: readonly unknown[] = [],
): Promise<HostLogits> {
  const sizes = sizesOf(where, logits, options);
  const tensors = [logits, options.inputLengths, options.mask, ...others].filter((one) => one instanceof Tensor);
  const values = new Map<Tree, ArrayLike<number>>();
  await Promise.all(tensors.map(async (tensor) => values.set(tensor, await tensor.data())));
  const read: Read = (tensor) => values.get(tensor) as ArrayLike<number>;
  return { ...sizes, values: read(logits), frames: realFrames(where, sizes, options, read), read };
}

/** The log-probabilities of the classes in a frame of a row, into `out`. */
export function logProbabilities(
  where: string,
  { values, time, classes }: HostLogits,
  row: number,
  frame: number,
  out: Float64Array,
): void {
  const start = (row * time + frame) * classes;
  const normalizer = logSumExp(values, start, classes);
  if (Number.isNaN(normalizer)) {
    throw new DivergenceError(
      `${where}: row ${row}, frame ${frame}: expected logits that are numbers, or −∞ for some classes, got NaN, +∞ or −∞ ` +
        'throughout; the model has diverged, or the row is shorter.',
    );
  }
  for (let k = 0; k < classes; k++) out[k] = (values[start + k] as number) - normalizer;
}
