import type { Node } from '../graph.ts';
import { axesOf } from '../ops.ts';
import { sizeOf } from '../shapes.ts';
import { alongAxis } from './along-axis.ts';
import type { Builder, Rule } from './build.ts';

/** Reductions of rows as sums and maxima of [rows, n] over one axis, which stays with size 1. */
export const reductions: Rule = (of, build) => {
  const [x] = of.inputs as [Node];
  return x?.perRow && (of.op === 'Sum' || of.op === 'Max') ? reduce(of, x, build) : of;
};

function reduce(of: Node, x: Node, build: Builder): Node {
  const axes = axesOf(of).filter((axis) => x.shape[axis] !== 1);
  if (axes.length === 0) return build.reshape(x, of.shape);
  if (axes.includes(0)) {
    if (of.op !== 'Sum' || isCanonical(of, x, 0)) return of;
    return build.reshape(build.sum(axes.includes(1) ? build.sum(x, 1) : x, 0), of.shape);
  }
  if (isCanonical(of, x, 1)) return of.op === 'Sum' ? linear(of, x, build) : of;
  return build.reshape(alongAxis(of.op as 'Sum' | 'Max', x, [1, x.shape[1] as number, 1], build), of.shape);
}

/** Whether a reduction is of this value already, in the form of `build.sum`. */
function isCanonical(of: Node, x: Node, axis: number): boolean {
  return of.inputs[0] === x && axesOf(of).join() === `${axis}` && of.attrs.keepDims === true;
}

/**
 * Σ s·x = s·Σx, Σ (x + s) = Σx + n·s and Σ (x + s·y) = Σx + s·Σy, for a number s of each row: fewer passes over the columns
 * depend on the result of another.
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
