import type { Product, ProductAt } from '@elman/kernels';
import { type BatchMatMulAttrs, broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';

/** The two factors of a product of matrices. */
export type Factors = { a: TensorInfo; b: TensorInfo };

/** The sizes of a product [rows, inner]·[inner, columns], and which matrices of a and b each one of the batch multiplies. */
export interface MatMulShape {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Shape of the product. */
  readonly out: number[];
  /** Number of matrices in a, in b and in the product. */
  readonly batchA: number;
  readonly batchB: number;
  readonly batch: number;
  /** The index in a (and b) of the i-th product's factor, where the batches broadcast. */
  readonly indexA: (i: number) => number;
  readonly indexB: (i: number) => number;
}

/** Reads the shapes of a batched product. Throws if they do not match, as tfjs does. */
export function matMulShape({ a, b }: Factors, { transposeA, transposeB }: BatchMatMulAttrs): MatMulShape {
  const [lastA, lastB] = [a.shape.slice(-2), b.shape.slice(-2)] as [[number, number], [number, number]];
  const [rows, inner] = transposeA ? [lastA[1], lastA[0]] : lastA;
  const [innerB, columns] = transposeB ? [lastB[1], lastB[0]] : lastB;
  util.assert(
    inner === innerB,
    () =>
      `matMul: inner sizes: expected them equal, got ${inner} and ${innerB} of [${a.shape}] and [${b.shape}] ` +
      `with transposeA=${transposeA} and transposeB=${transposeB}.`,
  );
  const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  return {
    rows,
    inner,
    columns,
    out: [...outer, rows, columns],
    batchA: util.sizeFromShape(outerA),
    batchB: util.sizeFromShape(outerB),
    batch: util.sizeFromShape(outer),
    indexA: broadcastIndex(outer, outerA),
    indexB: broadcastIndex(outer, outerB),
  };
}

/** From a flat index into `outer` to the flat index into `shape`, which broadcasts to it. */
function broadcastIndex(outer: readonly number[], shape: readonly number[]): (i: number) => number {
  if (util.sizeFromShape(shape as number[]) === 1) return () => 0;
  if (util.arraysEqual(outer as number[], shape as number[])) return (i) => i;
  const offset = outer.length - shape.length;
  return (i) => {
    let [rest, index, stride] = [i, 0, 1];
    for (let axis = outer.length - 1; axis >= offset; axis--) {
      const size = outer[axis] as number;
      const own = shape[axis - offset] as number;
      if (own > 1) index += (rest % size) * stride;
      stride *= own;
      rest = Math.floor(rest / size);
    }
    return index;
  };
}

/** The products of matrices that a batched one consists of, and their offsets in a, b and the result. */
export function productsOf(shape: MatMulShape, { transposeA, transposeB }: BatchMatMulAttrs): [Product, ProductAt[]] {
  const { inner, columns, batchA, batchB, indexA, indexB } = shape;
  // A batch of products with one right factor is one product of all rows.
  const isOne = batchB === 1 && !transposeA;
  const rows = isOne ? batchA * shape.rows : shape.rows;
  const places = Array.from({ length: isOne ? 1 : shape.batch }, (_, i) => ({
    a: isOne ? 0 : indexA(i) * rows * inner,
    b: isOne ? 0 : indexB(i) * inner * columns,
    out: i * rows * columns,
  }));
  return [{ rows, depth: inner, columns, transposeA, transposeB }, places];
}
