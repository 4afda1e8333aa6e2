// Products of matrices of any number of rows, in blocks that stay in the caches.
import { packRows, transpose } from './pack';
import { PANEL, rowOf4, tile } from './tile';

/** Depth of a block: a panel of 8 columns then takes 8 KB of the first cache. */
export const DEPTH: i32 = 256;

/**
 * C [rows, columns] (+)= A [rows, depth] · B, with B in blocks of DEPTH packed by `packRows` or `packTransposed`. Rows of A and C are
 * aStep and cStep bytes apart. Columns: a multiple of 8.
 */
export function product(
  a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, columns: i32, add: bool,
): void {
  const left = (rows % ROWS) & 3;
  const full = <usize>(rows - left);
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    const from = a + (<usize>k << 2);
    const more = add || k > 0;
    if (full) tiles(from, aStep, b, c, cStep, <i32>full, block, columns, more);
    if (left & 2) pair(from + full * aStep, aStep, b, c + full * cStep, cStep, block, columns, more);
    if (left & 1) {
      const row = <usize>(rows - 1);
      single(from + row * aStep, b, c + row * cStep, block, columns, more);
    }
    b += <usize>(block * columns) << 2;
  }
}

/** The rows `from` to `to` of a product whose matrices have nothing between their rows. */
export function multiply(
  part: i32, from: i32, to: i32, a: usize, b: usize, c: usize, depth: i32, columns: i32, add: bool,
): void {
  const aStep = <usize>depth << 2;
  const cStep = <usize>columns << 2;
  product(a + <usize>from * aStep, aStep, b, c + <usize>from * cStep, cStep, to - from, depth, columns, add);
}

/** Rows in tiles of ROWS, with a last one of 4 if need be. */
function tiles(
  a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, columns: i32, add: bool,
): void {
  const panel = <usize>depth << 5;
  let n = 0;
  if (PANELS == 2) {
    for (; n + 16 <= columns; n += 16) {
      let left = rows;
      let at = a;
      let to = c + (<usize>n << 2);
      for (; left >= ROWS; left -= ROWS) {
        wide(at, aStep, b, panel, to, cStep, depth, add);
        at += <usize>ROWS * aStep;
        to += <usize>ROWS * cStep;
      }
      if (left) wide4(at, aStep, b, panel, to, cStep, depth, add);
      b += 2 * panel;
    }
  }
  for (; n < columns; n += 8) {
    let left = rows;
    let at = a;
    let to = c + (<usize>n << 2);
    for (; left >= ROWS; left -= ROWS) {
      narrow(at, aStep, b, to, cStep, depth, add);
      at += <usize>ROWS * aStep;
      to += <usize>ROWS * cStep;
    }
    if (ROWS > 4 && left) narrow4(at, aStep, b, to, cStep, depth, add);
    b += panel;
  }
}

function wide(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(ROWS, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

function wide4(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(4, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

function narrow(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(ROWS, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

function narrow4(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(4, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

/** Two rows. */
function pair(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, columns: i32, add: bool): void {
  const panel = <usize>depth << 5;
  let n = 0;
  for (; n + 16 <= columns; n += 16) {
    tile(2, 2, a, aStep, b + <usize>(n >> 3) * panel, PANEL, panel, c + (<usize>n << 2), cStep, depth, add);
  }
  if (n < columns) tile(2, 1, a, aStep, b + <usize>(n >> 3) * panel, PANEL, 0, c + (<usize>n << 2), cStep, depth, add);
}

/** One row. */
function single(a: usize, b: usize, c: usize, depth: i32, columns: i32, add: bool): void {
  const panel = <usize>depth << 5;
  let n = 0;
  for (; n + 32 <= columns; n += 32) rowOf4(a, b + <usize>(n >> 3) * panel, PANEL, panel, c + (<usize>n << 2), depth, add);
  for (; n < columns; n += 8) {
    tile(1, 1, a, 0, b + <usize>(n >> 3) * panel, PANEL, 0, c + (<usize>n << 2), 0, depth, add);
  }
}

/**
 * The columns `from` to `to` of C [rows, columns] = Aᵀ·B, for A [depth, rows] and B [depth, columns]: a gradient by weights, as one
 * sum over all frames, in blocks of DEPTH. `scratch` has DEPTH·(rows + columns) numbers for each part of the columns.
 */
export function kernelGradient(
  part: i32, from: i32, to: i32, a: usize, b: usize, c: usize, rows: i32, depth: i32, columns: i32, scratch: usize,
): void {
  const aStep = <usize>rows << 2;
  const bStep = <usize>columns << 2;
  const aPack = scratch + (<usize>(part * DEPTH * (rows + columns)) << 2);
  const bPack = aPack + (<usize>(DEPTH * rows) << 2);
  const skip = <usize>from << 2;
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    transpose(a + <usize>k * aStep, aStep, aPack, block, rows);
    packRows(b + <usize>k * bStep + skip, bStep, bPack, block, to - from);
    product(aPack, <usize>block << 2, bPack, c + skip, bStep, rows, block, to - from, k > 0);
  }
}
