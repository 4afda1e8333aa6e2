// Products of matrices of any number of rows, in blocks that stay in the caches.
import { packColumns, packRows } from './pack';
import { packedTile, TILE, tile1, tile2, tile4, tile6 } from './tile';

/** Depth of a block: a panel of 8 columns then takes 8 KB of the first cache. */
export const DEPTH: i32 = 256;

/** C [rows, columns] (+)= A [rows, depth] · B, B packed by `packRows` or `packTransposed` (blocks of DEPTH). Columns: a multiple of 8. */
export function product(a: usize, b: usize, c: usize, rows: i32, depth: i32, columns: i32, add: bool): void {
  const aStep = <usize>depth << 2;
  const cStep = <usize>columns << 2;
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    for (let n = 0; n < columns; n += 8) {
      rowsOfPanel(a + (<usize>k << 2), aStep, b, c + (<usize>n << 2), cStep, rows, block, add || k > 0);
      b += <usize>block << 5;
    }
  }
}

function rowsOfPanel(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, add: bool): void {
  let left = rows;
  if (TILE == 6) {
    for (; left >= 6; left -= 6) {
      tile6(a, aStep, b, c, cStep, depth, add);
      a += 6 * aStep;
      c += 6 * cStep;
    }
  }
  for (; left >= 4; left -= 4) {
    tile4(a, aStep, b, c, cStep, depth, add);
    a += 4 * aStep;
    c += 4 * cStep;
  }
  if (left >= 2) {
    tile2(a, aStep, b, c, cStep, depth, add);
    a += 2 * aStep;
    c += 2 * cStep;
  }
  if (left & 1) tile1(a, b, c, depth, add);
}

/**
 * C [rows, columns] = Aᵀ·B, for A [depth, rows] and B [depth, columns]: a gradient by weights, as one sum over all frames, in
 * blocks of DEPTH. C has room for a whole number of tiles; `aPack` and `bPack` hold one block.
 */
export function transposedProduct(
  a: usize, b: usize, c: usize, rows: i32, depth: i32, columns: i32, aPack: usize, bPack: usize,
): void {
  const aStep = <usize>rows << 2;
  const cStep = <usize>columns << 2;
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    packColumns(a + <usize>k * aStep, aPack, block, rows);
    packRows(b + <usize>k * cStep, bPack, block, columns);
    for (let n = 0; n < columns; n += 8) {
      for (let m = 0; m < rows; m += TILE) {
        packedTile(
          aPack + <usize>(m * block << 2), bPack + <usize>(n * block << 2), c + <usize>m * cStep + (<usize>n << 2), cStep, block, k > 0,
        );
      }
    }
  }
}
