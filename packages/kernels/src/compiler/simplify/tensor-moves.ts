import { type Node, TRACED_BATCH } from '../graph.ts';
import { sizeOf } from '../shapes.ts';
import { around } from './along-axis.ts';
import { type Builder, constant } from './build.ts';
import { flat, rowSizes, rowView, stridesOf } from './row-views.ts';
import { argument, oneHot } from './tensor-choices.ts';
import { byViews } from './tensor-products.ts';

/** Ops that only move numbers, and sums along an axis. */
export function moved(of: Node, x: Node, build: Builder): Node | undefined {
  const first = x.perRow ? 1 : 0;
  const sizes = rowSizes(x);
  const rows = flat(x, build);
  const axisOf = (name: string): number => {
    const given = of.attrs[name] as number;
    return (given < 0 ? given + x.shape.length : given) - first;
  };
  switch (of.op) {
    case 'Tile':
      return tiled(of, x, build);
    case 'Slice': {
      const begin = of.attrs.begin as number[];
      if (x.perRow !== of.perRow || x.shape[0] !== of.shape[0]) return undefined;
      const strides = stridesOf(sizes);
      const offset = strides.reduce(
        (sum, stride, i) => sum + stride * (begin[i + 1 - (x.perRow ? 0 : 1)] as number),
        0,
      );
      return rowView(rows, { sizes: rowSizes(of), strides, offset }, build);
    }
    case 'Reverse': {
      const axes = (of.attrs.dims as number[]).map((axis) => axis - first);
      if (axes.some((axis) => axis < first - 1 || axis < 0)) return undefined;
      const strides = stridesOf(sizes);
      const offset = axes.reduce((sum, i) => sum + (strides[i] as number) * ((sizes[i] as number) - 1), 0);
      return rowView(
        rows,
        { sizes, strides: strides.map((stride, i) => (axes.includes(i) ? -stride : stride)), offset },
        build,
      );
    }
    case 'Transpose': {
      const perm = of.attrs.perm as number[];
      if (!x.perRow || !of.perRow || perm[0] !== 0) return undefined;
      const strides = stridesOf(sizes);
      return rowView(
        rows,
        { sizes: of.shape.slice(1), strides: perm.slice(1).map((axis) => strides[axis - 1] as number), offset: 0 },
        build,
      );
    }
    case 'Concat':
      return of.inputs.every((part) => part.perRow) ? concat(of.inputs, axisOf('axis'), build) : undefined;
    case 'PadV2':
      return x.perRow && (of.attrs.constantValue ?? 0) === 0 ? padded(of, rows, sizes, build) : undefined;
    case 'Cumsum':
      return axisOf('axis') < 0 || !x.perRow ? undefined : cumulated(of, rows, around(sizes, axisOf('axis')), build);
    case 'ArgMax':
    case 'ArgMin':
      return axisOf('axis') < 0 || !x.perRow ? undefined : argument(of, rows, around(sizes, axisOf('axis')), build);
    case 'OneHot':
      return x.perRow ? oneHot(of, rows, build) : undefined;
    default:
      return undefined;
  }
}

function tiled(of: Node, x: Node, build: Builder): Node | undefined {
  const reps = (of.attrs.reps as number[]).slice(1);
  if (!x.perRow || !of.perRow) return undefined;
  const sizes = rowSizes(x);
  const strides = stridesOf(sizes);
  const view = {
    sizes: sizes.flatMap((size, i) => [reps[i] as number, size]),
    strides: strides.flatMap((stride) => [0, stride]),
    offset: 0,
  };
  return rowView(flat(x, build), view, build);
}

function concat(parts: readonly Node[], axis: number, build: Builder): Node | undefined {
  if (axis < 0) return undefined;
  const [first] = parts as [Node];
  const before = sizeOf(rowSizes(first).slice(0, axis));
  return sideBySide(
    before,
    parts.map((part) => flat(part, build)),
    build,
  );
}

/** [before, width] of each part, side by side. */
function sideBySide(before: number, parts: readonly Node[], build: Builder): Node {
  if (parts.length === 1) return parts[0] as Node;
  if (before === 1) return build.concat(parts, 1);
  const width = parts.reduce((sum, part) => sum + (part.shape[1] as number), 0);
  const { dtype, line } = parts[0] as Node;
  return build.make({
    op: 'RowConcat',
    inputs: parts,
    attrs: { before },
    shape: [TRACED_BATCH, width],
    dtype,
    perRow: true,
    line,
  });
}

function padded(of: Node, x: Node, from: readonly number[], build: Builder): Node | undefined {
  const paddings = of.attrs.paddings as [number, number][];
  if (paddings[0]?.some((count) => count > 0)) return undefined;
  const sizes = [...from];
  let value = x;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    const [ahead, behind] = paddings[axis + 1] as [number, number];
    const [before, n, after] = around(sizes, axis);
    const zeros = (count: number): Node[] =>
      count === 0 ? [] : [build.broadcast(build.scalar(0), [TRACED_BATCH, before * count * after])];
    value = sideBySide(before, [...zeros(ahead), value, ...zeros(behind)], build);
    sizes[axis] = ahead + n + behind;
  }
  return value;
}

/** Sums of what is before each number, as a product with a triangular matrix. */
function cumulated(of: Node, x: Node, [before, n, after]: readonly [number, number, number], build: Builder): Node {
  const { exclusive, reverse } = of.attrs as { exclusive?: boolean; reverse?: boolean };
  const isSummed = (i: number, j: number): boolean => (exclusive && i === j ? false : reverse ? i >= j : i <= j);
  const values = Float32Array.from({ length: n * n }, (_, at) => (isSummed(Math.floor(at / n), at % n) ? 1 : 0));
  const matrix = constant(build.make, values, [n, n]);
  if (before * after === 1) return build.matMul(x, matrix, false, false);
  const sizes = { p: before, n, k: n, m: after };
  return byViews(
    { node: build.reshape(matrix, [n * n]), p: 0, outer: 1, k: n },
    { node: x, p: n * after, outer: 1, k: after },
    sizes,
    build,
  );
}
