import { DataError, OptionError } from '@elman/core';
import { Tensor } from '@tensorflow/tfjs-core';
import { framesNeeded } from './labels.ts';
import type { CtcOptions, CtcSizes, CtcTargetOptions, CtcTargets } from './options.ts';

/** Returns the numbers of a tensor. */
export type Read = (tensor: Tensor) => ArrayLike<number>;

/** The indices of the real frames of each row. */
export function realFrames(where: string, { batch, time }: CtcSizes, options: CtcOptions, read: Read): Int32Array[] {
  const { inputLengths, mask } = options;
  const all = Int32Array.from({ length: time }, (_, t) => t);
  if (mask !== undefined) {
    const real = read(mask);
    return Array.from({ length: batch }, (_, row) => all.filter((t) => real[row * time + t] !== 0));
  }
  const lengths = lengthsOf(where, 'inputLengths', inputLengths, batch, () => time, read);
  return lengths.map((length) => all.subarray(0, length));
}

/**
 * The labels of each row.
 * @throws {DataError} for a label that is out of range, or is the blank.
 */
export function targetRows(
  where: string,
  { batch, classes, blank }: CtcSizes,
  targets: CtcTargets,
  { targetLengths }: CtcTargetOptions,
  read: Read,
): Int32Array[] {
  const given = targets instanceof Tensor ? cut(read(targets), targets.shape) : targets;
  const lengths = lengthsOf(where, 'targetLengths', targetLengths, batch, (row) => given[row]?.length ?? 0, read);
  return lengths.map((length, row) => {
    const labels = given[row] as ArrayLike<number>;
    for (let i = 0; i < length; i++) {
      const label = labels[i] as number;
      if (Number.isInteger(label) && label >= 0 && label < classes && label !== blank) continue;
      const found = label === blank ? `${label}, the blank` : label;
      throw new DataError(
        `${where}: targets: row ${row}: expected labels from 0 to ${classes - 1} but not the blank, got ${found}, at ${i}.`,
      );
    }
    return Int32Array.from({ length }, (_, i) => labels[i] as number);
  });
}

/** @throws {DataError} for a row with too few frames for its labels. */
export function expectEnoughFrames(where: string, frames: readonly Int32Array[], labels: readonly Int32Array[]): void {
  for (const [row, wanted] of labels.entries()) {
    const [needed, given] = [framesNeeded(wanted), (frames[row] as Int32Array).length];
    if (needed <= given) continue;
    throw new DataError(
      `${where}: row ${row}: expected ${needed} frames or more for ${wanted.length} labels (one each, and one between equal neighbours), ` +
        `got ${given}; leave the row out, or set zeroInfinity in the loss.`,
    );
  }
}

function cut(values: ArrayLike<number>, shape: readonly number[]): ArrayLike<number>[] {
  const [batch, width] = shape as [number, number];
  const all = values instanceof Int32Array ? values : Int32Array.from(values);
  return Array.from({ length: batch }, (_, row) => all.subarray(row * width, (row + 1) * width));
}

function lengthsOf(
  where: string,
  name: string,
  given: ArrayLike<number> | Tensor | undefined,
  batch: number,
  most: (row: number) => number,
  read: Read,
): number[] {
  const values = given instanceof Tensor ? read(given) : given;
  return Array.from({ length: batch }, (_, row) => {
    const length = values === undefined ? most(row) : (values[row] as number);
    if (Number.isInteger(length) && length >= 0 && length <= most(row)) return length;
    throw new OptionError(`${where}: ${name}: row ${row}: expected a length from 0 to ${most(row)}, got ${length}.`);
  });
}
