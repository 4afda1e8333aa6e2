import { type Node, TRACED_BATCH } from '../graph.ts';
import { axesOf, COMPOSED, isElementwise } from '../ops.ts';
import { isSameShape, sizeOf } from '../shapes.ts';
import { type Builder, constant, type Rule } from './build.ts';
import { flat, isRows, rowSizes, rowView, stridesOf } from './row-views.ts';
import { batchedProduct, byViews, outerProductSum, sharedProduct } from './tensor-products.ts';

/**
 * Ops of rows of several axes, and of rows that are merged with one of their axes, as ops of rows [batch, numbers]. What such rows need
 * beside elementwise ops has names of its own:
 *
 * - `RowView`: numbers in another order, or repeated: see `Strided`
 * - `RowSum`, `RowMax`: of [before, n, after] over n
 * - `RowConcat`: [before, width] of each part, side by side
 * - `RowsMatMul`: products of the several rows that each row is made of; columns are padded to whole pairs of vectors
 */
export const tensors: Rule = (of, build) => {
  if (isPlain(of)) return of;
  const found = lowered(of, build);
  return found === undefined ? of : build.reshape(found, of.shape);
};

/** Ops of [batch, numbers] that are expressed by others. */
const ALONG_ROWS: ReadonlySet<string> = new Set([
  'ArgMax',
  'ArgMin',
  'Cumsum',
  'LogSoftmax',
  'Mean',
  'Min',
  'OneHot',
  'Reverse',
  'Softmax',
  'Tile',
]);
const isFlat = ({ perRow, shape }: Node): boolean => perRow && shape.length === 2;

function isPlain(of: Node): boolean {
  if (of.inputs.length === 0 || of.op === 'Reshape') return true;
  return (isFlat(of) || !isRows(of)) && !ALONG_ROWS.has(of.op) && of.inputs.every((x) => !isRows(x) || isFlat(x));
}

/** Its rows as [batch, numbers], or what it sums over rows. */
function lowered(of: Node, build: Builder): Node | undefined {
  const [x] = of.inputs as [Node];
  if (of.op === 'BatchMatMul') return product(of, build);
  if (isRows(of) && (isElementwise(of) || COMPOSED.has(of.op))) return elementwise(of, build);
  if (of.op === 'BroadcastTo' && isRows(of)) {
    const rows = spread(x, of, build);
    return rows && build.broadcast(rows, [TRACED_BATCH, sizeOf(rowSizes(of))]);
  }
  if (!isRows(x)) return undefined;
  switch (of.op) {
    case 'Sum':
    case 'Max':
    case 'Mean':
    case 'Min':
      return reduction(of, build);
    case 'Softmax':
    case 'LogSoftmax':
      return softmax(of, build);
    default:
      return isRows(of) ? moved(of, x, build) : undefined;
  }
}

/** An operand as the rows of a result that it broadcasts to. */
function spread(x: Node, of: Node, build: Builder): Node | undefined {
  const to = rowSizes(of);
  if (isRows(x)) {
    if (x.shape.length !== of.shape.length || x.perRow !== of.perRow) return undefined;
    const rows = flat(x, build);
    return rows.shape[1] === 1 ? rows : repeated(rows, rowSizes(x), to, build);
  }
  if (sizeOf(x.shape) === 1) return build.reshape(x, []);
  const [first, ...rest] = [...Array<number>(of.shape.length - x.shape.length).fill(1), ...x.shape];
  if (first !== 1) return undefined;
  return repeated(build.reshape(x, [sizeOf(x.shape)]), of.perRow ? rest : [1, ...rest], to, build);
}

function repeated(x: Node, from: readonly number[], to: readonly number[], build: Builder): Node {
  if (isSameShape(from, to)) return x;
  return rowView(x, { sizes: to, strides: stridesOf(from), offset: 0 }, build);
}

function elementwise(of: Node, build: Builder): Node | undefined {
  const operands = of.inputs.map((x) => spread(x, of, build));
  if (operands.some((x) => x === undefined)) return undefined;
  const shape = [TRACED_BATCH, sizeOf(rowSizes(of))];
  return build.make({ ...of, inputs: operands as Node[], shape, perRow: true, batch: undefined });
}

/** Sums or maxima of [before, n, after] over n. */
export function alongAxis(
  op: 'Sum' | 'Max',
  x: Node,
  [before, n, after]: readonly [number, number, number],
  build: Builder,
): Node {
  if (n === 1) return x;
  const width = before * after;
  const shape = [TRACED_BATCH, width];
  if (width === 1) {
    if (op === 'Sum') return build.sum(x, 1);
    return build.make({
      op,
      inputs: [x],
      names: ['x'],
      attrs: { reductionIndices: [1], keepDims: true },
      shape,
      dtype: x.dtype,
      perRow: true,
    });
  }
  const attrs = { before, n, after };
  return build.make({ op: `Row${op}`, inputs: [x], attrs, shape, dtype: x.dtype, perRow: true, line: x.line });
}

/** The axis as [before, n, after]. */
function around(sizes: readonly number[], axis: number): [number, number, number] {
  return [sizeOf(sizes.slice(0, axis)), sizes[axis] as number, sizeOf(sizes.slice(axis + 1))];
}

function reduction(of: Node, build: Builder): Node | undefined {
  const [x] = of.inputs as [Node];
  const axes = axesOf(of);
  const isOverBatch = axes.includes(0);
  if (isOverBatch && of.op !== 'Sum') return undefined;
  const sizes = rowSizes(x);
  const first = x.perRow ? 1 : 0;
  const within = axes.map((axis) => axis - first).filter((axis) => axis >= 0);
  const count = sizeOf(within.map((axis) => sizes[axis] as number));
  let value = flat(x, build);
  if (of.op === 'Min') value = build.unary('Neg', value);
  for (const axis of within.sort((a, b) => b - a)) {
    const size = around(sizes, axis);
    // Neighbours at once.
    if (within.includes(axis - 1)) {
      sizes[axis - 1] = (sizes[axis - 1] as number) * size[1];
    } else value = alongAxis(of.op === 'Max' || of.op === 'Min' ? 'Max' : 'Sum', value, size, build);
    sizes[axis] = 1;
  }
  if (of.op === 'Min') return build.unary('Neg', value);
  if (of.op === 'Mean') return build.binary('Multiply', value, build.scalar(1 / count));
  return isOverBatch ? build.sum(value, 0) : value;
}

function softmax(of: Node, build: Builder): Node | undefined {
  const [x] = of.inputs as [Node];
  const sizes = rowSizes(x);
  const given = (of.attrs.dim ?? of.attrs.axis ?? -1) as number;
  const axis = (given < 0 ? given + x.shape.length : given) - (x.perRow ? 1 : 0);
  if (axis < 0 || (axis === 0 && !x.perRow)) return undefined;
  const [before, n, after] = around(sizes, axis);
  const rows = flat(x, build);
  const back = (value: Node): Node =>
    before * after === 1
      ? value
      : rowView(value, { sizes: [before, n, after], strides: [after, 0, 1], offset: 0 }, build);
  const less = build.binary('Sub', rows, back(alongAxis('Max', rows, [before, n, after], build)));
  const raised = build.unary('Exp', less);
  const sum = alongAxis('Sum', raised, [before, n, after], build);
  if (of.op === 'LogSoftmax') return build.binary('Sub', less, back(build.unary('Log', sum)));
  return build.binary('Multiply', raised, back(build.unary('Reciprocal', sum)));
}

/** Ops that only move numbers, and sums along an axis. */
function moved(of: Node, x: Node, build: Builder): Node | undefined {
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

const count = (n: number): Float32Array => Float32Array.from({ length: n }, (_, i) => i);

/** The index of the first smallest or largest number along an axis. */
function argument(of: Node, x: Node, size: readonly [number, number, number], build: Builder): Node {
  const [before, n, after] = size;
  if (n === 1) return build.broadcast(build.scalar(0), [TRACED_BATCH, before * after]);
  const signed = of.op === 'ArgMin' ? build.unary('Neg', x) : x;
  const back = (value: Node, strides: number[]): Node =>
    value.perRow && value.shape[1] === 1 ? value : rowView(value, { sizes: [...size], strides, offset: 0 }, build);
  const isTop = build.binary('Equal', signed, back(alongAxis('Max', signed, size, build), [after, 0, 1]));
  // The largest of −i among them.
  const indices = back(
    constant(
      build.make,
      count(n).map((i) => -i),
      [n],
    ),
    [0, 1, 0],
  );
  const others = build.binary('Multiply', build.binary('Sub', build.scalar(1), isTop), build.scalar(n));
  return build.unary('Neg', alongAxis('Max', build.binary('Sub', indices, others), [before, n, after], build));
}

function oneHot(of: Node, index: Node, build: Builder): Node {
  const { depth, onValue, offValue } = of.attrs as { depth: number; onValue: number; offValue: number };
  const before = index.shape[1] as number;
  const sizes = [before, depth];
  const positions = rowView(constant(build.make, count(depth), [depth]), { sizes, strides: [0, 1], offset: 0 }, build);
  const isOn = build.binary(
    'Equal',
    before === 1 ? index : rowView(index, { sizes, strides: [1, 0], offset: 0 }, build),
    positions,
  );
  if (onValue === 1 && offValue === 0) return isOn;
  return build.binary('Add', build.binary('Multiply', isOn, build.scalar(onValue - offValue)), build.scalar(offValue));
}

function product(of: Node, build: Builder): Node | undefined {
  const [a, b] = of.inputs as [Node, Node];
  if (isRows(a) && isRows(b)) {
    return isRows(of) ? batchedProduct(of, a, b, build) : outerProductSum(of, a, b, build);
  }
  return isRows(of) && isRows(a) ? sharedProduct(of, a, b, build) : undefined;
}
