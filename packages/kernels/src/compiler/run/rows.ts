import { copyFloats } from '../../simd/copy-floats.ts';
import type { PlanBlocks } from '../../simd/plan-workspace.ts';
import type { Writing } from './given.ts';

/** Columns of a packed matrix, and of the result of a product. */
export const padded = (columns: number): number => Math.ceil(columns / 8) * 8;

/** Bytes in whole cache lines. */
export const wholeLines = (bytes: number): number => Math.ceil(bytes / 64) * 64;

type Rows = { readonly width: number; readonly stride: number };

/** Writes rows of `width` numbers, one after the other, to rows that are `stride` numbers apart. */
export function putRows({ view }: PlanBlocks, values: Float32Array, to: number, { width, stride }: Rows): void {
  const rows = values.length / width;
  const target = view(to, rows * stride);
  if (width === stride) copyFloats(target, values);
  else for (let row = 0; row < rows; row++) target.set(values.subarray(row * width, (row + 1) * width), row * stride);
}

/** The other way round. */
export function takeRows({ view }: PlanBlocks, from: number, rows: number, { width, stride }: Rows): Writing {
  return (target) => {
    const source = view(from, rows * stride);
    if (width === stride) copyFloats(target, source);
    else
      for (let row = 0; row < rows; row++) target.set(source.subarray(row * stride, row * stride + width), row * width);
  };
}

/** The address of numbers in the memory: their own if they are there, else that of a copy at `room`. */
export function addressFor({ view, addressOf }: PlanBlocks, values: Float32Array, room: number): number {
  const address = addressOf(values);
  if (address === undefined) copyFloats(view(room, values.length), values);
  return address ?? room;
}

/** Has numbers computed where they are kept if that is in the memory, else at `room`, from where they are copied. */
export function computedInPlace({ view, addressOf }: PlanBlocks, room: number, compute: (to: number) => void): Writing {
  return (target) => {
    const address = addressOf(target);
    compute(address ?? room);
    if (address === undefined) copyFloats(target, view(room, target.length));
  };
}
