import { sortOf } from './recipe/quoted.ts';

/** Whether a value is a whole number from 0 to below `size`, by default what int32 can hold. */
export const isId = (value: unknown, size: number = 2 ** 31): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < size;

/** Whether a value is a number that is finite as float32. */
export const isFloat32 = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(Math.fround(value));

/** A value as error messages show it. */
export function shown(value: unknown): string {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return sortOf(value); // Too deep, or in a circle.
  }
}
