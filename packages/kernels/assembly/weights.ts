// Weights [rows, columns] in the blocks that `product` reads.
import { packRows, packTransposed } from './pack';
import { DEPTH } from './product';

/**
 * The columns `from` to `to`, of columns rounded up to a multiple of 8, for products with the weights. Their rows are `step` bytes
 * apart; columns beyond the last are zeros.
 */
export function packKernel(
  part: i32, from: i32, to: i32, kernel: usize, step: usize, packed: usize, rows: i32, columns: i32,
): void {
  const padded = (columns + 7) & ~7;
  for (let k = 0; k < rows; k += DEPTH) {
    const block = min(DEPTH, rows - k);
    const source = kernel + <usize>k * step + (<usize>from << 2);
    packRows(source, step, packed + (<usize>(k * padded + from * block) << 2), block, min(to, columns) - from);
  }
}

/** The rows `from` to `to`, of rows rounded up to a multiple of 8, for products with the transpose. The same otherwise. */
export function packTransposedKernel(
  part: i32, from: i32, to: i32, kernel: usize, step: usize, packed: usize, rows: i32, columns: i32,
): void {
  const padded = (rows + 7) & ~7;
  for (let k = 0; k < columns; k += DEPTH) {
    const block = min(DEPTH, columns - k);
    const source = kernel + <usize>from * step + (<usize>k << 2);
    packTransposed(source, step, packed + (<usize>(k * padded + from * block) << 2), block, min(to, rows) - from);
  }
}
