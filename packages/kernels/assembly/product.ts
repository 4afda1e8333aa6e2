// Products of matrices of any number of rows, in blocks that stay in the caches.
import { packRows, transpose } from './pack';
import { PANEL, rowOf4, tile } from './tile';

/** Depth of a block: a panel of 8 columns then takes 8 KB of the L1 cache. */
export const DEPTH: i32 = 256;

/** Rows that a tile of two panels in wide registers should have at least: with fewer, latency limits its sums. */
const LEAST: i32 = PANELS > 1 ? 4 : 0;

/**
 * C [rows, columns] (+)= A [rows, depth] · B, with B in blocks of DEPTH packed by `packRows` or `packTransposed`. Rows of A and C are
 * aStep and cStep bytes apart. Columns: a multiple of 8.
 */
export function product(
  a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, columns: i32, add: bool,
): void {
  productOf(0, columns, a, aStep, b, c, cStep, rows, depth, columns, add);
}

/** The rows `from` to `to` of such a product. */
export function multiplyRows(
  part: i32, from: i32, to: i32, a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, columns: i32, add: bool,
): void {
  productOf(0, columns, a + <usize>from * aStep, aStep, b, c + <usize>from * cStep, cStep, to - from, depth, columns, add);
}

/** The columns `from` to `to`, multiples of 8, of such a product. */
export function multiplyColumns(
  part: i32, from: i32, to: i32, a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, columns: i32,
  add: bool,
): void {
  productOf(from, to, a, aStep, b, c, cStep, rows, depth, columns, add);
}

/** The columns `first` to `last` of a product of `columns`, of which B and C hold all. */
function productOf(
  first: i32, last: i32, a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, columns: i32, add: bool,
): void {
  const to = c + (<usize>first << 2);
  if (depth == 0 && !add) clear(to, cStep, rows, last - first);
  const rest = restOf(rows);
  const together = <usize>(rows - rest);
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    const from = a + (<usize>k << 2);
    const panels = b + (<usize>(first * block) << 2);
    const more = add || k > 0;
    if (together) tiles(from, aStep, panels, to, cStep, <i32>together, block, last - first, more);
    if (rest & 2) pair(from + together * aStep, aStep, panels, to + together * cStep, cStep, block, last - first, more);
    if (rest & 1) {
      const row = <usize>(rows - 1);
      single(from + row * aStep, panels, to + row * cStep, block, last - first, more);
    }
    b += <usize>(block * columns) << 2;
  }
}

function clear(c: usize, cStep: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) memory.fill(c + <usize>row * cStep, 0, <usize>columns << 2);
}

/** The last rows, up to three, which fit no efficient tile: computed separately, more panels at a time. */
// @ts-ignore: decorator
@inline
function restOf(rows: i32): i32 {
  if (PANELS > 1) return rows == 1 ? 1 : 0;
  const left = rows % ROWS;
  return left < 4 ? left : 0;
}

/** Rows in tiles: all of them for each one or two panels, which then stay in the L1 cache. */
function tiles(
  a: usize, aStep: usize, b: usize, c: usize, cStep: usize, rows: i32, depth: i32, columns: i32, add: bool,
): void {
  const panel = <usize>depth << 5;
  for (let n = 0; n < columns; ) {
    const isWide = PANELS > 1 && n + 16 <= columns;
    let at = a;
    let to = c + (<usize>n << 2);
    for (let left = rows; left > 0; ) {
      const count = heightOf(left);
      if (isWide) wide(count, at, aStep, b, panel, to, cStep, depth, add);
      else narrow(count, at, aStep, b, to, cStep, depth, add);
      at += <usize>count * aStep;
      to += <usize>count * cStep;
      left -= count;
    }
    n += isWide ? 16 : 8;
    b += isWide ? 2 * panel : panel;
  }
}

/** Rows of the next tile, of those left: the largest tile, unless too few would remain. */
// @ts-ignore: decorator
@inline
function heightOf(left: i32): i32 {
  if (left <= ROWS) return left;
  return left < ROWS + LEAST ? (left + 1) >> 1 : ROWS;
}

/** A tile of two panels. Each height has its own function, with the sums in registers. */
function wide(
  rows: i32, a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool,
): void {
  if (rows == 6) wide6(a, aStep, b, next, c, cStep, depth, add);
  else if (rows == 5) wide5(a, aStep, b, next, c, cStep, depth, add);
  else if (rows == 4) wide4(a, aStep, b, next, c, cStep, depth, add);
  else if (rows == 3) wide3(a, aStep, b, next, c, cStep, depth, add);
  else wide2(a, aStep, b, next, c, cStep, depth, add);
}

function wide6(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(6, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

function wide5(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(5, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

function wide4(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(4, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

function wide3(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(3, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

function wide2(a: usize, aStep: usize, b: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(2, 2, a, aStep, b, PANEL, next, c, cStep, depth, add);
}

/** A tile of one panel. */
function narrow(rows: i32, a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  if (ROWS > 4 && rows == 6) narrow6(a, aStep, b, c, cStep, depth, add);
  else if (ROWS > 4 && rows == 5) narrow5(a, aStep, b, c, cStep, depth, add);
  else if (rows == 4) narrow4(a, aStep, b, c, cStep, depth, add);
  else if (PANELS > 1 && rows == 3) narrow3(a, aStep, b, c, cStep, depth, add);
  else if (PANELS > 1) narrow2(a, aStep, b, c, cStep, depth, add);
}

function narrow6(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(6, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

function narrow5(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(5, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

function narrow4(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(4, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

function narrow3(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(3, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

function narrow2(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(2, 1, a, aStep, b, PANEL, 0, c, cStep, depth, add);
}

/** Two rows. */
function pair(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, columns: i32, add: bool): void {
  const panel = <usize>depth << 5;
  let n = 0;
  for (; n + 16 <= columns; n += 16) {
    wide2(a, aStep, b + <usize>(n >> 3) * panel, panel, c + (<usize>n << 2), cStep, depth, add);
  }
  if (n < columns) narrow2(a, aStep, b + <usize>(n >> 3) * panel, c + (<usize>n << 2), cStep, depth, add);
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
 * The columns `from` to `to` of C [rows, columns] = Aᵀ·B, for A [depth, rows] and B [depth, columns]: a gradient w.r.t. weights, as one
 * sum over all frames, in blocks of DEPTH. Rows of A, B and C are aStep, bStep and cStep bytes apart; columns: a multiple of 8.
 * `scratch` has DEPTH·(rows + columns) numbers for each part of the columns.
 */
export function kernelGradient(
  part: i32, from: i32, to: i32, a: usize, aStep: usize, b: usize, bStep: usize, c: usize, cStep: usize, rows: i32, depth: i32,
  columns: i32, scratch: usize,
): void {
  const aPack = scratch + (<usize>(part * DEPTH * (rows + columns)) << 2);
  const bPack = aPack + (<usize>(DEPTH * rows) << 2);
  const skip = <usize>from << 2;
  if (depth == 0) clear(c + skip, cStep, rows, to - from);
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    transpose(a + <usize>k * aStep, aStep, aPack, block, rows);
    packRows(b + <usize>k * bStep + skip, bStep, bPack, block, to - from);
    product(aPack, <usize>block << 2, bPack, c + skip, cStep, rows, block, to - from, k > 0);
  }
}
