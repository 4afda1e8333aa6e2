import { DataError, isFloat32, isId, shown } from '@elman/core';

/** Ids are int32. */
const LARGEST_ID = 2 ** 31 - 1;

/** Throws for values that int32 would silently change: fractions, NaN, negative and large numbers, and non-numbers. */
export function expectIds(where: string, values: ArrayLike<number>, advice = 'encode it with a tokenizer'): void {
  for (let i = 0; i < values.length; i++) {
    if (isId(values[i])) continue;
    throw new DataError(
      `${where}: expected ids, whole numbers from 0 to ${LARGEST_ID}, got ${shown(values[i])} at ${i}; ${advice}.`,
    );
  }
}

/** Throws for values that are not numbers, or not finite as float32. */
export function expectFloats(where: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (isFloat32(values[i])) continue;
    throw new DataError(
      `${where}: expected numbers that are finite as float32, got ${shown(values[i])} at ${i}; leave it out or replace it.`,
    );
  }
}

/** How many numbers each frame has. Throws for frames that differ in that, for empty ones and for numbers that are not finite. */
export function widthOf(where: string, frames: readonly ArrayLike<number>[]): number {
  const width = frames[0]?.length ?? 0;
  for (const [t, frame] of frames.entries()) {
    if (typeof frame !== 'object' || frame === null || frame.length !== width || width === 0) {
      const wanted = t === 0 ? 'one number or more' : `${width} numbers as frame 0 has`;
      throw new DataError(`${where}: frame ${t}: expected ${wanted}, got ${frame?.length ?? shown(frame)}.`);
    }
    expectFloats(`${where}: frame ${t}`, frame);
  }
  return width;
}
