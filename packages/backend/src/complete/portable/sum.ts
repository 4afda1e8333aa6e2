import type { Values } from './transpose.ts';

/** The sums of the columns of x [rows, columns], in double precision. */
export function sumColumns(x: Values, columns: number): Float32Array {
  const sums = new Float64Array(columns);
  for (let from = 0; from < x.length; from += columns) {
    for (let k = 0; k < columns; k++) sums[k] = (sums[k] as number) + (x[from + k] as number);
  }
  return Float32Array.from(sums);
}
