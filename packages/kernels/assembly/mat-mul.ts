// Products of any two matrices in place, transposed or not.
import { store2 } from './vectors';
import { packRows, packTransposed, transpose } from './pack';
import { DEPTH, product } from './product';
import { PANEL, rowOf4, rowOfFew, tile } from './tile';

/** Columns that are packed at a time: a megabyte with DEPTH rows. */
const COLUMNS: i32 = 1024;
/** Rows of A that are transposed at a time. */
const HEIGHT: i32 = 384;
/** Rows up to which B is not packed. */
const FEW: i32 = 7;

/** The scratch that a part of a product with `rows` rows of C needs, in numbers. */
export function matMulScratch(rows: i32, depth: i32, columns: i32): i32 {
  return min(depth, DEPTH) * (((min(columns, COLUMNS) + 7) & ~7) + min(rows, HEIGHT)) + 8 * rows;
}

/**
 * The rows, or with `byColumns` the columns, `from` to `to` of C [rows, columns] = A·B, where A [rows, depth] and B [depth, columns]
 * are stored transposed if so flagged. Every number is a sum in the order of the depth, in blocks of DEPTH, for any part; if
 * `bias` is not 0, its number for the column is added last.
 */
export function matMul(
  part: i32, from: i32, to: i32, byColumns: bool, a: usize, b: usize, c: usize, rows: i32, depth: i32, columns: i32,
  transposeA: bool, transposeB: bool, bias: usize, scratch: usize, scratchStep: usize,
): void {
  const firstRow = byColumns ? 0 : from;
  const lastRow = byColumns ? rows : to;
  const first = byColumns ? from : 0;
  const last = byColumns ? to : columns;
  const room = scratch + <usize>part * scratchStep;
  if (depth) partOf(firstRow, lastRow, first, last, a, b, c, rows, depth, columns, transposeA, transposeB, room);
  if (depth && !bias) return;
  const width = last - first;
  for (let row = firstRow; row < lastRow; row++) {
    const target = c + (<usize>(row * columns + first) << 2);
    if (!depth) memory.fill(target, 0, <usize>width << 2);
    if (bias) addTo(target, bias + (<usize>first << 2), width);
  }
}

/** x += y */
function addTo(x: usize, y: usize, count: i32): void {
  const end = x + (<usize>count << 2);
  for (; x + 32 <= end; x += 32) {
    store2(x, f32x4.add(v128.load(x), v128.load(y)), f32x4.add(v128.load(x, 16), v128.load(y, 16)));
    y += 32;
  }
  for (; x < end; x += 4) {
    f32.store(x, f32.load(x) + f32.load(y));
    y += 4;
  }
}

/** The rows and columns from the first to before the last. */
function partOf(
  firstRow: i32, lastRow: i32, first: i32, last: i32, a: usize, b: usize, c: usize, rows: i32, depth: i32, columns: i32,
  transposeA: bool, transposeB: bool, scratch: usize,
): void {
  const height = lastRow - firstRow;
  const aStep = <usize>(transposeA ? rows : depth) << 2;
  const bStep = <usize>(transposeB ? depth : columns) << 2;
  const cStep = <usize>columns << 2;
  if (!transposeB && height <= FEW) {
    const from = a + (transposeA ? <usize>firstRow << 2 : <usize>firstRow * aStep);
    fewRows(from, aStep, transposeA, b, bStep, c + <usize>firstRow * cStep, height, depth, first, last, scratch);
    return;
  }
  const bPack = scratch;
  const aPack = bPack + (<usize>(min(depth, DEPTH) * ((min(columns, COLUMNS) + 7) & ~7)) << 2);
  const edge = aPack + (<usize>(min(depth, DEPTH) * min(rows, HEIGHT)) << 2);
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

/** The columns `first` to `last` of a few rows times a matrix, without packing it, which would take longer than the product. */
function fewRows(
  a: usize, aStep: usize, transposeA: bool, b: usize, bStep: usize, c: usize, rows: i32, depth: i32, first: i32, last: i32,
  scratch: usize,
): void {
  const fours = last - ((last - first) & 31);
  const panels = last - ((last - first) & 7);
  for (let k = 0; k < depth; k += DEPTH) {
    const block = min(DEPTH, depth - k);
    const from = b + <usize>k * bStep;
    let source = a + (<usize>k << 2);
    let sourceStep = aStep;
    if (transposeA) {
      transpose(a + <usize>k * aStep, aStep, scratch, block, rows);
      source = scratch;
      sourceStep = <usize>block << 2;
    }
    for (let row = 0; row < rows; ) {
      const count = rows - row >= 4 ? 4 : rows - row >= 2 ? 2 : 1;
      const at = source + <usize>row * sourceStep;
      const to = c + <usize>row * bStep;
      let n = <usize>first << 2;
      if (count == 1) for (; n < <usize>fours << 2; n += 4 * PANEL) rowOf4(at, from + n, bStep, PANEL, to + n, block, k > 0);
      if (count == 2) for (; n < <usize>fours << 2; n += 2 * PANEL) tile(2, 2, at, sourceStep, from + n, bStep, PANEL, to + n, bStep, block, k > 0);
      for (; n < <usize>panels << 2; n += PANEL) {
        if (count == 4) tile(4, 1, at, sourceStep, from + n, bStep, 0, to + n, bStep, block, k > 0);
        else if (count == 2) tile(2, 1, at, sourceStep, from + n, bStep, 0, to + n, bStep, block, k > 0);
        else tile(1, 1, at, sourceStep, from + n, bStep, 0, to + n, bStep, block, k > 0);
      }
      if (panels < last) for (let i = 0; i < count; i++) rowOfFew(at + <usize>i * sourceStep, from + n, bStep, to + <usize>i * bStep + n, block, last - panels, k > 0);
      row += count;
    }
  }
}

/** Stores the last columns, fewer than a panel. */
function copyEdge(edge: usize, c: usize, cStep: usize, rows: i32, columns: i32): void {
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < columns; i++) f32.store(c + (<usize>i << 2), f32.load(edge + (<usize>i << 2)));
    edge += PANEL;
    c += cStep;
  }
}
