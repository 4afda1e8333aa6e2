import type { Rng } from '@elman/core';

/** `count` vectors of random bits. */
export function bitVectors(rng: Rng, count: number, width: number): number[][] {
  return Array.from({ length: count }, () => Array.from({ length: width }, () => rng.integer(2)));
}

/** `count` frames of zeros. */
export function blankFrames(count: number, width: number): number[][] {
  return Array.from({ length: count }, () => Array<number>(width).fill(0));
}

/** A mask of zeros, then ones. */
export function countLast(silent: number, counted: number): number[] {
  return [...Array<number>(silent).fill(0), ...Array<number>(counted).fill(1)];
}
