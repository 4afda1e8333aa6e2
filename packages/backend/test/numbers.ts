import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** Numbers between −1 and 1 that look random and are the same everywhere; no two near each other. */
export function numbers(size: number, seed = 1): number[] {
  return Array.from({ length: size }, (_, i) => ((((i + 1) * 0.6180339887 + seed * 0.371) % 1) * 2 - 1) * 0.95);
}

/** A tensor of such numbers. */
export const values = (shape: number[], seed = 1): Tensor =>
  tensor(
    numbers(
      shape.reduce((product, size) => product * size, 1),
      seed,
    ),
    shape,
  );

/** The same moved away from zero. */
export const awayFromZero = (shape: number[], seed = 1): Tensor =>
  tensor(
    numbers(
      shape.reduce((product, size) => product * size, 1),
      seed,
    ).map((value) => value + 0.3 * Math.sign(value)),
    shape,
  );
