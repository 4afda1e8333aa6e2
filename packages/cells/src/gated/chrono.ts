import { naturalLog, OptionError, type Rng } from '@elman/core';
import { neg, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * Gate biases for memory times spread from two frames to the longest:
 *
 *   b ~ log U(1, longest − 1)        a gate at σ(b) has a memory of about 1 + eᵇ frames
 *
 * @see Tallec & Ollivier 2018, Can recurrent neural networks warp time?
 */
export function chronoBias(rng: Rng, size: number, longest: number): { keep: Tensor1D; write: Tensor1D } {
  const keep = rng.tensor([size], (r) => naturalLog(r.uniform(1, longest - 1))) as Tensor1D;
  return { keep, write: neg(keep) };
}

/** @throws {OptionError} unless the longest time is undefined, or a whole number of frames from 3 on. */
export function expectChrono(where: string, chrono: number | undefined): void {
  if (chrono === undefined || (Number.isSafeInteger(chrono) && chrono >= 3)) return;
  throw new OptionError(`${where}: chrono: expected a whole number of frames from 3, got ${chrono}.`);
}
