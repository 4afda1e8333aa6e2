import type { Rng } from '@elman/core';

/** Parts of 1: with so many, float32 adds 16,000 inputs without rounding, and sums are right to the last bit. */
const PARTS = 1024;

/** The variance of an input. */
export const INPUT_VARIANCE: number = (1 + 1 / PARTS) / 3;

/** A uniformly random multiple of 1/1024 from −1 to 1. */
export function realInput(rng: Rng): number {
  return rng.integer(2 * PARTS + 1) / PARTS - 1;
}
