import { OptionError } from '@elman/core';
import { type Tensor2D, tensor2d } from '@tensorflow/tfjs-core';

/**
 * The mask of rows of these lengths: [batch, time], 1 for the first `lengths[b]` frames of row b, then 0.
 *
 *   lengthsToMask([2, 0, 3], 3)   // [[1, 1, 0], [0, 0, 0], [1, 1, 1]]
 *
 * @throws {OptionError} if a length is not a whole number from 0 to time.
 */
export function lengthsToMask(lengths: ArrayLike<number>, time: number): Tensor2D {
  const mask = new Float32Array(lengths.length * time);
  for (let b = 0; b < lengths.length; b++) {
    const length = lengths[b] as number;
    if (!Number.isInteger(length) || length < 0 || length > time) {
      throw new OptionError(
        `lengthsToMask: lengths[${b}]: expected a whole number from 0 to time=${time}, got ${length}.`,
      );
    }
    mask.fill(1, b * time, b * time + length);
  }
  return tensor2d(mask, [lengths.length, time]);
}
