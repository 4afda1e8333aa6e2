import { OptionError, type Rng } from '@elman/core';
import { type Tensor2D, type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';

/** Throws unless every rate is a probability below 1. */
export function expectRates(where: string, rates: { readonly [name: string]: number }): void {
  for (const [name, rate] of Object.entries(rates)) {
    if (!(rate >= 0 && rate < 1)) {
      throw new OptionError(`${where}: ${name}: expected a rate from 0 to below 1, got ${rate}.`);
    }
  }
}

/** A mask of inverted dropout for one frame, [batch, size]: 0 with probability `rate`, else 1 / (1 − rate). */
export function frameMask(rng: Rng, rate: number, batch: number, size: number): Tensor2D {
  return rng.tensor([batch, size], (r) => draw(r, rate)) as Tensor2D;
}

/**
 * The masks of all frames, [batch, time, size], drawn at once on the host: at t what `frameMask` draws from `at(t)`.
 */
export function sequenceMask(at: (t: number) => Rng, rate: number, shape: readonly [number, number, number]): Tensor3D {
  const [batch, time, size] = shape;
  const values = new Float32Array(batch * time * size);
  for (let t = 0; t < time; t++) {
    const rng = at(t);
    for (let b = 0; b < batch; b++) {
      const start = (b * time + t) * size;
      for (let i = 0; i < size; i++) values[start + i] = draw(rng, rate);
    }
  }
  return tensor3d(values, [batch, time, size]);
}

function draw(rng: Rng, rate: number): number {
  return rng.bits() < rate * 2 ** 32 ? 0 : 1 / (1 - rate);
}
