/** Whether a value is a whole number from 0 to below `size`, by default what int32 can hold. */
export const isId = (value: unknown, size: number = 2 ** 31): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < size;

/** Whether a value is a number that is finite as float32. */
export const isFloat32 = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(Math.fround(value));

/** A value as error messages show it. */
export const shown = (value: unknown): string =>
  typeof value === 'string' || (typeof value === 'object' && value !== null) ? JSON.stringify(value) : String(value);
