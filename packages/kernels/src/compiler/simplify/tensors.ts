import { type Node, TRACED_BATCH } from '../graph.ts';
import { axesOf, COMPOSED, isElementwise } from '../ops.ts';
import { isSameShape, sizeOf } from '../shapes.ts';
import { alongAxis, around } from './along-axis.ts';
import type { Builder, Rule } from './build.ts';
import { flat, isRows, rowSizes, rowView, stridesOf } from './row-views.ts';
import { moved } from './tensor-moves.ts';
import { batchedProduct, outerProductSum, sharedProduct } from './tensor-products.ts';

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

function product(of: Node, build: Builder): Node | undefined {
  const [a, b] = of.inputs as [Node, Node];
  if (isRows(a) && isRows(b)) {
    return isRows(of) ? batchedProduct(of, a, b, build) : outerProductSum(of, a, b, build);
  }
  return isRows(of) && isRows(a) ? sharedProduct(of, a, b, build) : undefined;
}
