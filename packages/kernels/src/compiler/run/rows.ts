import type { Blocks } from '../../simd/blocks.ts';
import { copyFloats } from '../../simd/copy-floats.ts';

/** Columns of a packed matrix, and of the result of a product. */
export const padded = (columns: number): number => Math.ceil(columns / 8) * 8;

/** Bytes in whole cache lines. */
export const wholeLines = (bytes: number): number => Math.ceil(bytes / 64) * 64;

type Rows = { readonly width: number; readonly stride: number };

/** Writes rows of `width` numbers, one after the other, to rows that are `stride` numbers apart. */
export function putRows({ view }: Blocks, values: Float32Array, to: number, { width, stride }: Rows): void {
  const rows = values.length / width;
  const target = view(to, rows * stride);
  if (width === stride) copyFloats(target, values);
  else for (let row = 0; row < rows; row++) target.set(values.subarray(row * width, (row + 1) * width), row * stride);
}

/** The other way round. Without padding it is a view, valid until the memory changes. */
export function takeRows({ view }: Blocks, from: number, rows: number, { width, stride }: Rows): Float32Array {
  const source = view(from, rows * stride);
  if (width === stride) return source;
  const values = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) values.set(source.subarray(row * stride, row * stride + width), row * width);
  return values;
}
