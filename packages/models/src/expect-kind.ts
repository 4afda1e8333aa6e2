import { expectShape, ShapeError } from '@elman/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** The expected kind of a tensor of a batch. */
export type TensorKind = {
  /** Its content in a word: ids, frames, classes. */
  readonly what: string;
  readonly dtype: 'int32' | 'float32';
  /** As in `expectShape`. */
  readonly axes: { readonly [axis: string]: number | undefined };
  /** The advice of the error. */
  readonly advice: string;
};

/**
 * Throws unless a tensor is of this kind.
 *
 *   classifier: targets: expected classes int32, got float32 [4, 1]; number classes from 0, or take a regressor for numbers.
 *
 * @throws {ShapeError}
 */
export function expectKind(
  where: string,
  name: string,
  tensor: Tensor,
  { what, dtype, axes, advice }: TensorKind,
): void {
  if (tensor.dtype !== dtype) {
    const got = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    throw new ShapeError(`${where}: ${name}: expected ${what} ${dtype}, got ${got}; ${advice}.`);
  }
  try {
    expectShape(where, name, tensor, axes);
  } catch (error) {
    throw new ShapeError(`${(error as Error).message.slice(0, -1)}; ${advice}.`);
  }
}

/** The form of a frame or a target, in a message. */
export const listOf = (size: number): string => (size === 1 ? 'a list of one number' : `a list of ${size} numbers`);
