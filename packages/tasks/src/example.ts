import type { Batch } from '@elman/core';
import { type Tensor, type Tensor2D, tensor, tensor2d } from '@tensorflow/tfjs-core';

/** One value per frame, or several. */
export type Frames = readonly number[] | readonly (readonly number[])[];

/** One row of a task in plain numbers. */
export interface Example {
  /** One id per frame, or the numbers of each frame. */
  readonly inputs: Frames;
  /** As many as inputs: one id per frame, or the bits or numbers of an output. */
  readonly targets: Frames;
  /** 1 where the target counts, 0 where it is masked; default: all count. */
  readonly mask?: readonly number[] | undefined;
}

/** Rows as one batch, shorter ones padded with masked zeros. Ids are int32, all else is float32. */
export function collate(rows: readonly Example[], targetsAreIds: boolean): Batch {
  const time = rows.reduce((longest, { inputs }) => Math.max(longest, inputs.length), 0);
  const inputsAreIds = typeof rows[0]?.inputs[0] === 'number';
  const hasMask = rows.some(({ mask, inputs }) => mask !== undefined || inputs.length < time);
  const isRagged = rows.some(({ inputs }) => inputs.length < time);
  const weights = ({ mask, inputs }: Example): readonly number[] => mask ?? Array<number>(inputs.length).fill(1);
  return {
    inputs: side(
      rows.map(({ inputs }) => inputs),
      time,
      inputsAreIds,
    ),
    targets: side(
      rows.map(({ targets }) => targets),
      time,
      targetsAreIds,
    ),
    mask: hasMask ? (side(rows.map(weights), time, false) as Tensor2D) : undefined,
    inputMask: isRagged
      ? tensor2d(
          rows.flatMap(({ inputs }) => Array.from({ length: time }, (_, t) => (t < inputs.length ? 1 : 0))),
          [rows.length, time],
        )
      : undefined,
  };
}

/** [rows, time] of single numbers or [rows, time, size] of several. */
function side(rows: readonly Frames[], time: number, isInt: boolean): Tensor {
  const first = rows[0]?.[0];
  const size = Array.isArray(first) ? first.length : 1;
  const values = new (isInt ? Int32Array : Float32Array)(rows.length * time * size);
  rows.forEach((frames, row) => {
    const numbers = size === 1 && !Array.isArray(first) ? (frames as readonly number[]) : frames.flat();
    values.set(numbers, row * time * size);
  });
  const shape = Array.isArray(first) ? [rows.length, time, size] : [rows.length, time];
  return tensor(values, shape, isInt ? 'int32' : 'float32');
}
