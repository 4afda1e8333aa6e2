import { OptionError, type Rng } from '@elman/core';
import { mul, type Tensor } from '@tensorflow/tfjs-core';

/**
 * Dropout: each number is 0 with probability `rate`, else divided by 1 − rate, so that its expectation is unchanged.
 *
 *   y = x·m / (1 − rate)      m = 0 with probability rate, else 1
 *
 * Without `rng` (outside training) the output is the input. The noise is drawn on the host, so a seed yields the same
 * noise on every backend.
 *
 * @throws {OptionError} if the rate is not in [0, 1).
 * @see Srivastava et al. 2014
 */
export function dropout<T extends Tensor>(x: T, rate: number, rng?: Rng): T {
  if (!(rate >= 0 && rate < 1)) {
    throw new OptionError(`dropout: rate: expected a number from 0 to below 1, got ${rate}.`);
  }
  if (rng === undefined || rate === 0) return x.clone();
  const threshold = rate * 2 ** 32;
  const noise = rng.tensor(x.shape, (r) => (r.bits() < threshold ? 0 : 1 / (1 - rate)));
  const dropped: T = mul(x, noise);
  return dropped;
}
