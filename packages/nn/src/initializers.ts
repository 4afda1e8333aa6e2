import type { Rng } from '@elman/core';
import type { Tensor2D } from '@tensorflow/tfjs-core';

/** Uniform on [−limit, limit). */
export function uniform(rng: Rng, shape: readonly [number, number], limit: number): Tensor2D {
  return rng.tensor(shape, (r) => r.uniform(-limit, limit)) as Tensor2D;
}
