import type { MatrixView, Panels } from './compiler/javascript/product.ts';

export { type MatrixView, type Panels, pack } from './compiler/javascript/product.ts';

/** Columns of a panel: what the innermost loop holds in registers, with as many rows. */
const WIDTH = 4;
/** Rows of a panel that are multiplied at a time, so that they stay in the first-level cache. */
const DEPTH = 256;

/**
 * out += left·right, where out is [rows, right.columns], contiguous from `outStart`, and left [rows, right.rows].
 *
 * Sums of up to 256 terms are held in double precision before they are added to `out`.
 */
export function accumulateProduct(
  out: Float32Array,
  outStart: number,
  rows: number,
  left: MatrixView,
  right: Panels,
): void {
  const { values: a, start = 0, rowStride, columnStride } = left;
  const { values: b, rows: depth, columns } = right;
  const strip = new Float64Array(WIDTH * Math.min(DEPTH, depth));
  for (let k0 = 0; k0 < depth; k0 += DEPTH) {
    const k1 = Math.min(depth, k0 + DEPTH);
    for (let row = 0; row < rows; row += WIDTH) {
      const height = Math.min(WIDTH, rows - row);
      let at = 0;
      for (let k = k0; k < k1; k++) {
        for (let i = 0; i < WIDTH; i++, at++) {
          strip[at] = i < height ? (a[start + (row + i) * rowStride + k * columnStride] as number) : 0;
        }
      }
      for (let column = 0; column < columns; column += WIDTH) {
        const width = Math.min(WIDTH, columns - column);
        addTile(
          out,
          outStart + row * columns + column,
          columns,
          height,
          width,
          strip,
          at,
          b,
          column * depth + k0 * WIDTH,
        );
      }
    }
  }
}

const tile = new Float64Array(WIDTH * WIDTH);

/** Adds one tile of at most 4 × 4 elements to `out`. */
function addTile(
  out: Float32Array,
  outStart: number,
  outStride: number,
  height: number,
  width: number,
  a: Float64Array,
  aLength: number,
  b: Float64Array,
  bStart: number,
): void {
  for (let half = 0; half < height; half += 2) multiplyHalf(a, half, aLength, b, bStart);
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const at = outStart + i * outStride + j;
      out[at] = (out[at] as number) + (tile[i * WIDTH + j] as number);
    }
  }
}

/** Two rows of the tile: eight sums, so that they stay in registers. */
function multiplyHalf(a: Float64Array, half: number, aLength: number, b: Float64Array, bStart: number): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  for (let k = half, l = bStart; k < aLength; k += WIDTH, l += WIDTH) {
    const x = a[k] as number;
    const y = a[k + 1] as number;
    const b0 = b[l] as number;
    const b1 = b[l + 1] as number;
    const b2 = b[l + 2] as number;
    const b3 = b[l + 3] as number;
    s0 += x * b0;
    s1 += x * b1;
    s2 += x * b2;
    s3 += x * b3;
    t0 += y * b0;
    t1 += y * b1;
    t2 += y * b2;
    t3 += y * b3;
  }
  const at = half * WIDTH;
  tile[at] = s0;
  tile[at + 1] = s1;
  tile[at + 2] = s2;
  tile[at + 3] = s3;
  tile[at + 4] = t0;
  tile[at + 5] = t1;
  tile[at + 6] = t2;
  tile[at + 7] = t3;
}
