// Products of any two matrices where they lie, transposed or not.
import { packRows, packTransposed, transpose } from './pack';
import { DEPTH, product } from './product';
import { PANEL, rowOf4, rowOfFew } from './tile';

/** Columns that are packed at a time: a megabyte with DEPTH rows. */
const COLUMNS: i32 = 1024;
/** Rows of A that are transposed at a time. */
const HEIGHT: i32 = 384;

/** Numbers of scratch that a part of a product needs, for so many rows of C. */
export function matMulScratch(rows: i32, depth: i32, columns: i32): i32 {
  return min(depth, DEPTH) * (((min(columns, COLUMNS) + 7) & ~7) + min(rows, HEIGHT)) + 8 * rows;
}

/**
 * The rows, or with `byColumns` the columns, `from` to `to` of C [rows, columns] = A·B, where A [rows, depth] and B [depth, columns]
 * lie transposed if they are said to. Every number is a sum in the order of the depth, in blocks of DEPTH, whatever the part.
 */
export function matMul(
  part: i32, from: i32, to: i32, byColumns: bool, a: usize, b: usize, c: usize, rows: i32, depth: i32, columns: i32,
  transposeA: bool, transposeB: bool, scratch: usize, scratchStep: usize,
): void {
  const firstRow = byColumns ? 0 : from;
  const lastRow = byColumns ? rows : to;
  const first = byColumns ? from : 0;
  const last = byColumns ? to : columns;
  const height = lastRow - firstRow;
  if (!transposeB && height <= 2 && (!transposeA || rows == 1)) {
    for (let row = firstRow; row < lastRow; row++) rowTimesMatrix(a + (<usize>(row * depth) << 2), b, c + (<usize>(row * columns) << 2), depth, columns, first, last);
    return;
  }
  const bPack = scratch + <usize>part * scratchStep;
  const aPack = bPack + (<usize>(min(depth, DEPTH) * ((min(columns, COLUMNS) + 7) & ~7)) << 2);
  const edge = aPack + (<usize>(min(depth, DEPTH) * min(rows, HEIGHT)) << 2);
  const aStep = <usize>(transposeA ? rows : depth) << 2;
  const bStep = <usize>(transposeB ? depth : columns) << 2;
  const cStep = <usize>columns << 2;
  const most = transposeA ? HEIGHT : height;
  for (let n = first; n < last; n += COLUMNS) {
    const width = min(COLUMNS, last - n);
    const full = width & ~7;
    for (let k = 0; k < depth; k += DEPTH) {
      const block = min(DEPTH, depth - k);
      if (transposeB) packTransposed(b + <usize>n * bStep + (<usize>k << 2), bStep, bPack, block, width);
      else packRows(b + <usize>k * bStep + (<usize>n << 2), bStep, bPack, block, width);
      for (let m = firstRow; m < lastRow; m += most) {
        const count = min(most, lastRow - m);
        let source = a + <usize>m * aStep + (<usize>k << 2);
        let sourceStep = aStep;
        if (transposeA) {
          transpose(a + <usize>k * aStep + (<usize>m << 2), aStep, aPack, block, count);
          source = aPack;
          sourceStep = <usize>block << 2;
        }
        if (full) product(source, sourceStep, bPack, c + <usize>m * cStep + (<usize>n << 2), cStep, count, block, full, k > 0);
        if (full < width) {
          const panel = bPack + (<usize>(full * block) << 2);
          product(source, sourceStep, panel, edge + (<usize>(m - firstRow) << 5), PANEL, count, block, 8, k > 0);
        }
      }
    }
    if (full < width) copyEdge(edge, c + <usize>firstRow * cStep + (<usize>(n + full) << 2), cStep, height, width - full);
  }
}

/** The columns `first` to `last` of a row times a matrix, without packing it, which would take longer than the product. */
function rowTimesMatrix(a: usize, b: usize, c: usize, depth: i32, columns: i32, first: i32, last: i32): void {
  const step = <usize>columns << 2;
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    const row = a + (<usize>k << 2);
    const from = b + <usize>k * step;
    let n = first;
    for (; n + 32 <= last; n += 32) rowOf4(row, from + (<usize>n << 2), step, PANEL, c + (<usize>n << 2), block, k > 0);
    if (n < last) rowOfFew(row, from + (<usize>n << 2), step, c + (<usize>n << 2), block, last - n, k > 0);
  }
}

/** The last columns, fewer than a panel, to their places. */
function copyEdge(edge: usize, c: usize, cStep: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) f32.store(c + (<usize>i << 2), f32.load(edge + (<usize>i << 2)));
    edge += PANEL;
    c += cStep;
  }
}
