import { expectCount, expectNonNegative, expectPositive } from './options.ts';

/** A learning rate, or any other number, as a function of the updates made so far, from 0. */
export type Schedule = (step: number) => number;

/** The same value at every step. @throws {OptionError} if it is not finite and above 0. */
export function constant(value: number): Schedule {
  expectPositive('constant', { value });
  return () => value;
}

/**
 * initial · factor^⌊step / every⌋
 * @throws {OptionError} if an option is not finite and above 0, or `every` is not a whole number.
 */
export function stepDecay(options: { initial: number; factor: number; every: number }): Schedule {
  const { initial, factor, every } = options;
  expectPositive('stepDecay', { initial, factor });
  expectCount('stepDecay', { every });
  return (step) => initial * factor ** Math.floor(step / every);
}

/**
 * initial · factor^(step / every)
 * @throws {OptionError} if an option is not finite and above 0, or `every` is not a whole number.
 */
export function exponentialDecay(options: { initial: number; factor: number; every?: number }): Schedule {
  const { initial, factor, every = 1 } = options;
  expectPositive('exponentialDecay', { initial, factor });
  expectCount('exponentialDecay', { every });
  return (step) => initial * factor ** (step / every);
}

/**
 * Cosine annealing from `initial` to `final` (0), constant after `steps`:
 *
 *   final + ½·(initial − final)·(1 + cos(π·min(step, steps) / steps))
 *
 * @throws {OptionError} if `initial` is not finite and above 0, `final` below 0, or `steps` is not a whole number from 1.
 * @see Loshchilov & Hutter 2017, SGDR
 */
export function cosine(options: { initial: number; steps: number; final?: number }): Schedule {
  const { initial, steps, final = 0 } = options;
  expectPositive('cosine', { initial });
  expectNonNegative('cosine', { final });
  expectCount('cosine', { steps });
  return (step) => halfCosine(initial, final, Math.min(step / steps, 1));
}

/**
 * Cosine annealing with warm restarts: each cycle goes from `initial` to `final` and the next starts at `initial` again, `growth` (1)
 * times as long.
 *
 * @throws {OptionError} as `cosine`; also if `growth` is not a whole number from 1.
 * @see Loshchilov & Hutter 2017, SGDR
 */
export function cosineRestarts(options: { initial: number; steps: number; final?: number; growth?: number }): Schedule {
  const { initial, steps, final = 0, growth = 1 } = options;
  expectPositive('cosineRestarts', { initial });
  expectNonNegative('cosineRestarts', { final });
  expectCount('cosineRestarts', { steps, growth });
  return (step) => {
    let length = steps;
    let since = growth === 1 ? step % steps : step;
    while (since >= length) {
      since -= length;
      length *= growth;
    }
    return halfCosine(initial, final, since / length);
  };
}

/**
 * Linear warmup over `steps` updates, then another schedule, which counts from 0 there:
 *
 *   next(0)·(step + 1) / (steps + 1)   for step < steps;   next(step − steps) after
 *
 * The first update has a rate above 0, and the line reaches `next(0)` at `steps`.
 * @throws {OptionError} if `steps` is not a whole number from 1.
 */
export function warmup(options: { steps: number; next: Schedule }): Schedule {
  const { steps, next } = options;
  expectCount('warmup', { steps });
  return (step) => (step < steps ? (next(0) * (step + 1)) / (steps + 1) : next(step - steps));
}

const halfCosine = (from: number, to: number, progress: number): number =>
  to + ((from - to) * (1 + Math.cos(Math.PI * progress))) / 2;
