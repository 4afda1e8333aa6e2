import { expectSizes, OptionError, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { bits } from '../scoring.ts';
import { onlyLast } from './only-last.ts';

/** Options of the signal and the noise. */
export type LatchingOptions = {
  /** Number of frames that show the bit; default 3. */
  readonly shown?: number | undefined;
  /** Amplitude of the noise, below 1; default 0.5. */
  readonly noise?: number | undefined;
};

/**
 * A bit that is shown at the start, to be held to the end against noise.
 *
 *   inputs    1.3  .8  1.1   −.4  .2 −.5  .1  …  .3       1 + noise for a one, −1 + noise for a zero, then noise alone
 *   target                                        1       at the last frame alone
 *
 * Noise is uniform in [−noise, noise), independent in every frame. `length` is the number of frames, those that show the bit among them.
 *
 * Baseline: ones and zeros are equally likely: ln 2 nats, ½.
 * @throws {OptionError} if `shown` is not a positive whole number, or the noise not from 0 to less than 1, as it must
 * be for the bit to be seen.
 * @see Bengio, Simard & Frasconi 1994, Learning long-term dependencies with gradient descent is difficult, sections II and III
 */
export function latching({ shown = 3, noise = 0.5 }: LatchingOptions = {}): Task {
  const name = 'latching';
  expectSizes(name, { shown });
  if (!(noise >= 0 && noise < 1)) {
    throw new OptionError(`${name}: noise: expected a number from 0 to less than 1, got ${noise}.`);
  }
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ shown, noise }] },
    inputSize: 1,
    outputSize: 1,
    easiest: { length: shown },
    scoring: bits,
    example(rng, { length }) {
      const bit = rng.integer(2);
      const signal = bit === 1 ? 1 : -1;
      return {
        inputs: Array.from({ length }, (_, t) => [(t < shown ? signal : 0) + rng.uniform(-noise, noise)]),
        targets: Array.from({ length }, (_, t) => [t === length - 1 ? bit : 0]),
        mask: onlyLast(length),
      };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}
