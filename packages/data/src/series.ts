import { DataError } from '@elman/core';
import { type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';
import { isFrames, type Values } from './examples.ts';
import { expectFloats, widthOf } from './numbers.ts';

/** A series as a flat array: frame t, of `size` numbers, begins at t·size. */
export type Series = { readonly values: Float32Array; readonly frames: number; readonly size: number };

/**
 * Numbers [time] or frames [time][size] as a series, copied.
 *
 * @throws {DataError} for no frames, frames of different sizes, and numbers that are not finite.
 */
export function seriesOf(where: string, given: Values): Series {
  if (given.length === 0) throw new DataError(`${where}: expected a series of one frame or more, got none.`);
  if (!isFrames(given)) {
    expectFloats(where, given);
    return { values: Float32Array.from(given), frames: given.length, size: 1 };
  }
  const size = widthOf(where, given);
  const values = new Float32Array(given.length * size);
  for (const [t, frame] of given.entries()) values.set(frame, t * size);
  return { values, frames: given.length, size };
}

/** The frames from each start on, `time` of them: [starts, time, size]. */
export function framesFrom({ values, size }: Series, starts: readonly number[], time: number): Tensor3D {
  const chosen = new Float32Array(starts.length * time * size);
  for (const [row, start] of starts.entries()) {
    chosen.set(values.subarray(start * size, (start + time) * size), row * time * size);
  }
  return tensor3d(chosen, [starts.length, time, size]);
}
