/** Columns of a panel: what the innermost loop holds in registers, for two rows. */
const WIDTH = 4;
/** Rows of a panel that are multiplied at a time, so that they stay in the first-level cache. */
const DEPTH = 256;

/** A matrix read in any order: element (row, column) is at `start + row·rowStride + column·columnStride`. */
export type MatrixView = {
  readonly values: Float32Array;
  readonly start?: number;
  readonly rowStride: number;
  readonly columnStride: number;
};

/** A right factor, packed: panels of four columns, each contiguous by rows, zeros after the last column. */
export type Panels = {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
};

/** Packs a matrix [rows, columns] once, to be the right factor of many products. */
export function pack(rows: number, columns: number, matrix: MatrixView): Panels {
  const { values: source, start = 0, rowStride, columnStride } = matrix;
  const count = Math.ceil(columns / WIDTH);
  const values = new Float64Array(count * WIDTH * rows);
  for (let panel = 0, at = 0; panel < count; panel++) {
    const width = Math.min(WIDTH, columns - panel * WIDTH);
    for (let row = 0, from = start + panel * WIDTH * columnStride; row < rows; row++, from += rowStride, at += WIDTH) {
      for (let j = 0; j < width; j++) values[at + j] = source[from + j * columnStride] as number;
    }
  }
  return { values, rows, columns };
}

/** Two rows of the left factor, one number after the other. */
const pair = new Float64Array(2 * DEPTH);
/** Results of four columns of two rows, where there is no room for all of them. */
const edge = new Float32Array(2 * WIDTH);

/**
 * out = left·right, where left is [rows, right.rows], and out [rows, right.columns] starts at `outStart`, with rows `outStride`
 * numbers apart. Sums of up to 256 terms are held in double precision.
 */
export function multiply(
  out: Float32Array,
  outStart: number,
  outStride: number,
  rows: number,
  left: MatrixView,
  right: Panels,
): void {
  const { values: a, start = 0, rowStride, columnStride } = left;
  const { values: b, rows: depth, columns } = right;
  for (let k0 = 0; k0 < depth; k0 += DEPTH) {
    const count = Math.min(DEPTH, depth - k0);
    const isFirst = k0 === 0;
    for (let row = 0; row < rows; row += 2) {
      const isPair = row + 1 < rows;
      const second = isPair ? rowStride : 0;
      for (let k = 0, from = start + row * rowStride + k0 * columnStride; k < count; k++, from += columnStride) {
        pair[2 * k] = a[from] as number;
        pair[2 * k + 1] = a[from + second] as number;
      }
      const to = outStart + row * outStride;
      for (let column = 0, panel = k0 * WIDTH; column < columns; column += WIDTH, panel += WIDTH * depth) {
        const width = columns - column;
        if (isPair && width >= WIDTH) {
          multiplyPair(2 * count, b, panel, out, to + column, to + outStride + column, isFirst);
          continue;
        }
        multiplyPair(2 * count, b, panel, edge, 0, WIDTH, true);
        for (let i = 0; i < (isPair ? 2 : 1); i++) {
          for (let j = 0; j < Math.min(WIDTH, width); j++) {
            const at = to + i * outStride + column + j;
            out[at] = (isFirst ? 0 : (out[at] as number)) + (edge[i * WIDTH + j] as number);
          }
        }
      }
    }
  }
}

/** The product of `pair` and a panel: eight sums, so that they stay in registers. */
function multiplyPair(
  length: number,
  b: Float64Array,
  panel: number,
  out: Float32Array,
  first: number,
  second: number,
  isFirst: boolean,
): void {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let t0 = 0;
  let t1 = 0;
  let t2 = 0;
  let t3 = 0;
  const a = pair;
  for (let k = 0, l = panel; k < length; k += 2, l += WIDTH) {
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
  if (!isFirst) {
    s0 += out[first] as number;
    s1 += out[first + 1] as number;
    s2 += out[first + 2] as number;
    s3 += out[first + 3] as number;
    t0 += out[second] as number;
    t1 += out[second + 1] as number;
    t2 += out[second + 2] as number;
    t3 += out[second + 3] as number;
  }
  out[first] = s0;
  out[first + 1] = s1;
  out[first + 2] = s2;
  out[first + 3] = s3;
  out[second] = t0;
  out[second + 1] = t1;
  out[second + 2] = t2;
  out[second + 3] = t3;
}
