import type { Rng } from '@elman/core';

/** So many vectors of random bits. */
export function bitVectors(rng: Rng, count: number, width: number): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: width }, () => rng.integer(2)));
}

/** So many frames of zeros. */
export function blankFrames(count: number, width: number): number[][] {
  return Array.from({ length: count }, () => Array<number>(width).fill(0));
}

/** So many ones, after so many zeros. */
export function countLast(silent: number, counted: number): number[] {
  return [...Array<number>(silent).fill(0), ...Array<number>(counted).fill(1)];
}
