// A recurrent kernel [rows, columns] in the blocks that `product` reads, and what is done with frames that are masked.
import { packRows, packTransposed } from './pack';
import { DEPTH } from './product';

/** For products with the kernel. */
export function packKernel(kernel: usize, packed: usize, rows: i32, columns: i32): void {
  for (let k = 0; k < rows; k += DEPTH) {
    const at = <usize>(k * columns) << 2;
    packRows(kernel + at, packed + at, min(DEPTH, rows - k), columns);
  }
}

/** For products with its transpose. */
export function packTransposedKernel(kernel: usize, packed: usize, rows: i32, columns: i32): void {
  for (let k = 0; k < columns; k += DEPTH) {
    packTransposed(kernel + (<usize>k << 2), packed + (<usize>(k * rows) << 2), min(DEPTH, columns - k), rows, columns);
  }
}

/** Whether a row of a frame is not real; `mask` is 0 where there is none. */
// @ts-ignore: decorator
@inline
export function isMasked(mask: usize, row: usize): bool {
  return mask != 0 && f32.load(mask + (row << 2)) == 0;
}

/** The gradient by a state that was held is one by the state before. */
export function addHeld(width: i32, dhs: usize, dh: usize): void {
  const end = dh + (<usize>width << 2);
  for (; dh < end; dh += 16) {
    v128.store(dh, f32x4.add(v128.load(dh), v128.load(dhs)));
    dhs += 16;
  }
}
