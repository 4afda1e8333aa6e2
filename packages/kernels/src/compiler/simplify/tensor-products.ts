import { type Node, TRACED_BATCH } from '../graph.ts';
import { sizeOf } from '../shapes.ts';
import { alongAxis } from './along-axis.ts';
import type { Builder } from './build.ts';
import { flat, rowSizes, rowView } from './row-views.ts';

/** c[p, n, m] = Σₖ a[p, n, k]·b[p, k, m] */
export type ProductSizes = { readonly p: number; readonly n: number; readonly k: number; readonly m: number };

/** The numbers of a factor, and its strides: of p, of the axis that it alone has, of k. */
export type Factor = { readonly node: Node; readonly p: number; readonly outer: number; readonly k: number };

/** The product of two matrices of each row. */
export function batchedProduct(of: Node, a: Node, b: Node, build: Builder): Node | undefined {
  const [as, bs] = [rowSizes(a), rowSizes(b)];
  if (as.length < 2 || as.length !== bs.length || a.perRow !== b.perRow) return undefined;
  const { transposeA, transposeB } = of.attrs as { transposeA?: boolean; transposeB?: boolean };
  const p = sizeOf(as.slice(0, -2));
  if (sizeOf(bs.slice(0, -2)) !== p) return undefined;
  const [rowsA, columnsA] = as.slice(-2) as [number, number];
  const [rowsB, columnsB] = bs.slice(-2) as [number, number];
  const [n, k] = transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
  const m = transposeB ? rowsB : columnsB;
  return byViews(
    { node: flat(a, build), p: n * k, outer: transposeA ? 1 : k, k: transposeA ? n : 1 },
    { node: flat(b, build), p: k * m, outer: transposeB ? k : 1, k: transposeB ? 1 : m },
    { p, n, k, m },
    build,
  );
}

/** The product of several rows of each row of the batch with a shared matrix. */
export function sharedProduct(of: Node, a: Node, b: Node, build: Builder): Node | undefined {
  const { transposeA, transposeB } = of.attrs as { transposeA?: boolean; transposeB?: boolean };
  if (transposeA || sizeOf(b.shape) !== sizeOf(b.shape.slice(-2))) return undefined;
  const [rowsB, columnsB] = b.shape.slice(-2) as [number, number];
  const [k, m] = transposeB ? [columnsB, rowsB] : [rowsB, columnsB];
  const x = flat(a, build);
  const n = (x.shape[1] as number) / k;
  if (isLarge(n, k, m)) {
    const columns = wholePairs(m);
    const attrs = { rows: n, transposeB: transposeB === true };
    const inputs = [x, build.reshape(b, [rowsB, columnsB])];
    const shape = [TRACED_BATCH, n * columns];
    const product = build.make({
      op: 'RowsMatMul',
      inputs,
      attrs,
      shape,
      dtype: 'float32',
      perRow: true,
      line: of.line,
    });
    return rowView(product, { sizes: [n, m], strides: [columns, 1], offset: 0 }, build);
  }
  return byViews(
    { node: x, p: 0, outer: k, k: 1 },
    { node: build.reshape(b, [k * m]), p: 0, outer: transposeB ? k : 1, k: transposeB ? 1 : m },
    { p: 1, n, k, m },
    build,
  );
}

/** aᵀ·b over the rows of the batch, of which each has several: a sum in each row, and the sum of these over the batch. */
export function outerProductSum(of: Node, a: Node, b: Node, build: Builder): Node | undefined {
  const { transposeA, transposeB } = of.attrs as { transposeA?: boolean; transposeB?: boolean };
  if (!transposeA || transposeB || a.shape.length !== 2 || b.shape.length !== 2) return undefined;
  const [n, m] = [a.shape[1] as number, b.shape[1] as number];
  const [x, y] = [flat(a, build), flat(b, build)];
  const k = (x.shape[1] as number) / n;
  // One product over the rows of all frames, if they lie one after the other.
  if (isLarge(k, n, m) && wholePairs(k * n) === k * n && wholePairs(k * m) === k * m) {
    const attrs = { rows: k, transposeA: true, transposeB: false };
    return build.make({
      op: 'RowsMatMul',
      inputs: [x, y],
      attrs,
      shape: [n, m],
      dtype: 'float32',
      perRow: false,
      line: of.line,
    });
  }
  const each = byViews({ node: x, p: 0, outer: 1, k: n }, { node: y, p: 0, outer: 1, k: m }, { p: 1, n, k, m }, build);
  return build.sum(each, 0);
}

/** Whether a product of some rows is faster with packed weights than as a sum of views. */
const isLarge = (rows: number, depth: number, columns: number): boolean =>
  rows > 1 && columns >= 8 && depth * columns >= 128;
const wholePairs = (columns: number): number => Math.ceil(columns / 8) * 8;

/** Numbers of a vector. */
const LANES = 4;
/** Sums of so many products are written out: as elementwise ops, they are computed where they are needed. */
const FEW = 4;
/** What reading numbers that are not neighbours costs, in vector operations; the sum over the lanes of a vector; another address. */
const GATHER = 3;
const ACROSS = 3;
const ADDRESS = 2;

/** A product as a sum over products of views; over the axes in the order that is fastest. */
export function byViews(a: Factor, b: Factor, { p, n, k, m }: ProductSizes, build: Builder): Node {
  const multiply = (sizes: number[], ofA: number[], ofB: number[], at = 0): Node =>
    build.binary(
      'Multiply',
      rowView(a.node, { sizes, strides: ofA, offset: at * a.k }, build),
      rowView(b.node, { sizes, strides: ofB, offset: at * b.k }, build),
    );
  if (k <= FEW) {
    const terms = Array.from({ length: k }, (_, at) => multiply([p, n, m], [a.p, a.outer, 0], [b.p, 0, b.outer], at));
    return terms.reduce((sum, term) => build.binary('Add', sum, term));
  }
  const vectors = (size: number, ...strides: number[]): number =>
    Math.ceil(size / LANES) * (1 + strides.reduce((sum, stride) => sum + (stride === 1 ? 0 : GATHER), 0));
  const costs = {
    overK: p * n * m * (vectors(k, a.k, b.k) + ACROSS),
    overM: n > 1 && m === 1 ? Number.POSITIVE_INFINITY : p * n * k * (1 + vectors(m, b.outer) + ADDRESS),
    overN: m > 1 ? Number.POSITIVE_INFINITY : p * k * (1 + vectors(n, a.outer) + ADDRESS),
  };
  const least = Math.min(costs.overK, costs.overM, costs.overN);
  if (least === costs.overK) {
    const products = multiply([p, n, m, k], [a.p, a.outer, 0, a.k], [b.p, 0, b.outer, b.k]);
    return alongAxis('Sum', products, [p * n * m, k, 1], build);
  }
  if (least === costs.overM) {
    const products = multiply([p, n, k, m], [a.p, a.outer, a.k, 0], [b.p, 0, b.k, b.outer]);
    return alongAxis('Sum', products, [p * n, k, m], build);
  }
  const products = multiply([p, k, n], [a.p, a.k, a.outer], [b.p, b.k, 0]);
  return alongAxis('Sum', products, [p, k, n], build);
}
