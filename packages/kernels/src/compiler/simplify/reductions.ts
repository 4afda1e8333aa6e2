import type { Node } from '../graph.ts';
import { axesOf } from '../ops.ts';
import { sizeOf } from '../shapes.ts';
import type { Builder, Rule } from './build.ts';

/** Reductions of rows as sums and maxima of [rows, n] over one axis, which stays with size 1. */
export const reductions: Rule = (of, build) => {
  const [x] = of.inputs as [Node];
  if (x === undefined || !x.perRow) return of;
  switch (of.op) {
    case 'Mean': {
      const axes = axesOf(of);
      if (axes.includes(0)) return of;
      const count = sizeOf(axes.map((axis) => x.shape[axis] as number));
      const sum = build.make({ ...of, op: 'Sum', attrs: { axis: axes, keepDims: of.attrs.keepDims } });
      return build.binary('Multiply', sum, build.scalar(1 / count));
    }
    case 'Min': {
      const axes = axesOf(of);
      const attrs = { reductionIndices: axes, keepDims: of.attrs.keepDims };
      return build.unary('Neg', build.make({ ...of, op: 'Max', inputs: [build.unary('Neg', x)], attrs }));
    }
    case 'Sum':
    case 'Max':
      return reduce(of, x, build);
    case 'Softmax':
      return softmax(x, build) ?? of;
    case 'LogSoftmax': {
      const parts = shifted(x, build);
      if (parts === undefined) return of;
      return build.binary('Sub', parts.less, build.unary('Log', build.sum(build.unary('Exp', parts.less), 1)));
    }
    default:
      return of;
  }
};

function reduce(of: Node, x: Node, build: Builder): Node {
  const axes = axesOf(of).filter((axis) => x.shape[axis] !== 1);
  if (axes.length === 0) return build.reshape(x, of.shape);
  const rowAxes = axes.filter((axis) => axis > 0);
  const inRow = x.shape.flatMap((size, axis) => (axis > 0 && size !== 1 ? [axis] : []));
  const [rows] = x.shape as [number];
  if (rowAxes.length > 0 && axes.includes(0)) {
    if (of.op !== 'Sum') return of;
    const kept = x.shape.map((size, i) => (rowAxes.includes(i) ? 1 : size));
    const inner = build.make({
      ...of,
      inputs: [x],
      attrs: { axis: rowAxes, keepDims: true },
      shape: kept,
      perRow: true,
    });
    return build.reshape(
      build.make({ ...of, inputs: [inner], attrs: { axis: [0], keepDims: true }, shape: [1, ...kept.slice(1)] }),
      of.shape,
    );
  }
  if (rowAxes.length === 0) {
    if (of.op !== 'Sum') return of;
    const flat = build.reshape(x, [rows, sizeOf(x.shape.slice(1))]);
    if (isCanonical(of, flat, 0)) return of;
    return build.reshape(build.sum(flat, 0), of.shape);
  }
  if (rowAxes.length < inRow.length) return of;
  const flat = build.reshape(x, [rows, sizeOf(x.shape.slice(1))]);
  if (isCanonical(of, flat, 1)) return of.op === 'Sum' ? linear(of, flat, build) : of;
  if (of.op === 'Sum') return build.reshape(build.sum(flat, 1), of.shape);
  const attrs = { reductionIndices: [1], keepDims: true };
  return build.reshape(build.make({ ...of, inputs: [flat], attrs, shape: [rows, 1] }), of.shape);
}

/** Whether a reduction is of this value already, in the form of `build.sum`. */
function isCanonical(of: Node, x: Node, axis: number): boolean {
  return of.inputs[0] === x && axesOf(of).join() === `${axis}` && of.attrs.keepDims === true;
}

/**
 * Σ s·x = s·Σx, Σ (x + s) = Σx + n·s and Σ (x + s·y) = Σx + s·Σy, for a number s of each row: fewer passes over the columns depend on the
 * result of another.
 */
function linear(of: Node, x: Node, build: Builder): Node {
  const { binary, unary, scalar } = build;
  const columns = x.shape[1] as number;
  const sum = (term: Node): Node =>
    isNumber(term) ? binary('Multiply', term, scalar(columns)) : build.sum(build.broadcast(term, x.shape), 1);
  const [a, b] = x.inputs as [Node, Node];
  if (x.op === 'BroadcastTo' && isNumber(a)) return build.broadcast(sum(a), of.shape);
  if (x.op === 'Neg') return unary('Neg', sum(a));
  if (x.op === 'Multiply' && isNumber(b)) return binary('Multiply', sum(a), b);
  if (x.op === 'Multiply' && isNumber(a)) return binary('Multiply', sum(b), a);
  if ((x.op === 'Add' || x.op === 'Sub') && (isScaled(a) || isScaled(b))) {
    return build.broadcast(binary(x.op, sum(a), sum(b)), of.shape);
  }
  return of;
}

/** One number for each row, or for all. */
const isNumber = ({ perRow, shape }: Node): boolean => (perRow ? shape[1] === 1 : sizeOf(shape) === 1);

/** Whether its sum has a factor or a term that is one number. */
function isScaled(x: Node): boolean {
  if (isNumber(x)) return true;
  return ['Add', 'Sub', 'Multiply'].includes(x.op) && x.inputs.some(isNumber);
}

/** x less its maximum, of every row [rows, n]. */
function shifted(x: Node, build: Builder): { less: Node } | undefined {
  if (x.shape.length !== 2) return undefined;
  const attrs = { reductionIndices: [1], keepDims: true };
  const top = build.make({ ...x, op: 'Max', inputs: [x], names: ['x'], attrs, shape: [x.shape[0] as number, 1] });
  return { less: build.binary('Sub', x, top) };
}

function softmax(x: Node, build: Builder): Node | undefined {
  const parts = shifted(x, build);
  if (parts === undefined) return undefined;
  const raised = build.unary('Exp', parts.less);
  return build.binary('Multiply', raised, build.unary('Reciprocal', build.sum(raised, 1)));
}
