import { expect } from 'vitest';
import type { SequenceSizes } from '../src/sequence.ts';

export type Numbers = Float32Array | Float64Array;
/** `full`: no mask. `ragged`: rows of different lengths, one of them 0 where there are several. `empty`: nothing is real. */
export type Lengths = 'full' | 'ragged' | 'empty';

/** Inputs of a sequence, time-major: `projected` [time, batch, gates·hidden], `mask` [time, batch]. */
export type SequenceInput<Values extends Numbers = Float32Array> = {
  readonly projected: Values;
  /** [hidden, gates·hidden] */
  readonly recurrentKernel: Values;
  /** [batch, hidden] */
  readonly h0: Values;
  readonly mask?: Float32Array | undefined;
  readonly reverse: boolean;
};

/** Gradients of a loss w.r.t. h after every frame, [time, batch, hidden], and w.r.t. the final h and c, in addition. */
export type SequenceGradients = {
  readonly hs: Float32Array;
  readonly hLast?: Float32Array | undefined;
  readonly cLast?: Float32Array | undefined;
};

/** An element that must exist. */
export const at = (values: Numbers, index: number): number => values[index] ?? Number.NaN;
export const put = (values: Float64Array, index: number, by: number): void => {
  values[index] = at(values, index) + by;
};
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Frames in the order in which they are run. */
export function order(time: number, reverse: boolean): number[] {
  const frames = Array.from({ length: time }, (_, t) => t);
  return reverse ? frames.reverse() : frames;
}

/** Row `row` of h [batch, hidden], from `start` on, times column `column` of kernel [hidden, columns]. */
export function dot(
  h: Numbers,
  start: number,
  hidden: number,
  kernel: Numbers,
  columns: number,
  column: number,
): number {
  let sum = 0;
  for (let k = 0; k < hidden; k++) sum += at(h, start + k) * at(kernel, k * columns + column);
  return sum;
}

export function makeMask({ time, batch }: SequenceSizes, lengths: Lengths): { mask?: Float32Array } {
  if (lengths === 'full') return {};
  const length = (row: number): number => (lengths === 'empty' ? 0 : (row * 3 + (batch > 1 ? 0 : 1)) % (time + 1));
  const real = (_: unknown, i: number): number => (Math.floor(i / batch) < length(i % batch) ? 1 : 0);
  return { mask: Float32Array.from({ length: time * batch }, real) };
}

/** Uniform in [−1, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39) + 0x6d2b79f5;
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Expects the largest difference to be small, in units of the largest value expected, or of `least`. */
export function expectNear(
  got: Float32Array,
  expected: Float64Array,
  tolerance: number,
  where: string,
  least = 1e-6,
): void {
  expect(got.length, where).toBe(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), least);
  const error = got.reduce((most, x, i) => {
    const difference = Math.abs(x - at(expected, i)) / scale;
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(most, difference);
  }, 0);
  expect(error, where).toBeLessThan(tolerance);
}

/** Expects a gradient of `loss` by `values` to be that of finite differences, at some of its elements. */
export function expectSlope(loss: (values: Float64Array) => number, values: Numbers, gradient: Float64Array): void {
  for (let index = 0; index < values.length; index += 1 + Math.floor(values.length / 9)) {
    const moved = (by: number): number => {
      const changed = Float64Array.from(values);
      put(changed, index, by);
      return loss(changed);
    };
    expect(Math.abs(at(gradient, index) - (moved(1e-5) - moved(-1e-5)) / 2e-5)).toBeLessThan(1e-8);
  }
}
