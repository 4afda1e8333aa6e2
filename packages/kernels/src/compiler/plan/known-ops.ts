import { inOrder, type Node, NotCompilable, resultsOf, type StepGraph } from '../graph.ts';
import { isColumnSum, isElementwise, isProduct, isRowReduction } from '../ops.ts';

/** Ops of values per row that plans know, after simplification. */
function isKnown(of: Node): boolean {
  if (isElementwise(of)) return of.shape.length === 2;
  if (isRowReduction(of)) return of.shape.length === 2 && of.shape[1] === 1;
  switch (of.op) {
    case 'Input':
    case 'Noise':
      return true;
    case 'Reshape':
      return (of.inputs[0] as Node).perRow;
    case 'BroadcastTo':
    case 'RowConcat':
    case 'RowMax':
    case 'RowSum':
    case 'RowView':
      return of.shape.length === 2;
    case 'Slice':
      return of.shape.length === 2 && of.shape[0] === (of.inputs[0] as Node).shape[0];
    case 'Concat':
      return of.shape.length === 2 && of.attrs.axis === 1;
    case 'BatchMatMul':
    case 'RowsMatMul': {
      const [a, b] = of.inputs as [Node, Node];
      return a.perRow && !b.perRow && b.shape.length === 2 && of.shape.length === 2;
    }
    default:
      return false;
  }
}

/** @throws {NotCompilable} for the first value per row that plans do not know. */
export function expectKnown(graph: StepGraph): void {
  for (const of of inOrder(resultsOf(graph))) {
    if (of.perRow ? isKnown(of) : isShared(of) || isSumOverRows(of)) continue;
    const shapes = of.inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' and ');
    throw new NotCompilable(
      `${of.op} of ${shapes || 'nothing'} to [${of.shape.join(', ')}] is not among the ops that are compiled; use other ops`,
      of.op,
      of.line,
    );
  }
}

/** Ops of rows of several axes: see simplify/tensors.ts. */
const OVER_AXES: ReadonlySet<string> = new Set(['RowConcat', 'RowMax', 'RowSum', 'RowView', 'RowsMatMul']);

/** @throws {NotCompilable} for the first op over several axes of a row, where plans are run that do not know them. */
export function expectNoAxes(graph: StepGraph, where: string): void {
  for (const { op, line } of inOrder(resultsOf(graph))) {
    if (!OVER_AXES.has(op)) continue;
    throw new NotCompilable(`${op}, over several axes of a row, is not computed ${where}`, op, line);
  }
}

/** A value that all rows share, computed before the sequence runs: noise is drawn within. */
const isShared = (of: Node): boolean => of.inputs.every((input) => !input.perRow && input.op !== 'Noise');

/** A value that sums over all rows: a gradient w.r.t. weights, or w.r.t. a bias. */
export function isSumOverRows(of: Node): boolean {
  if (isColumnSum(of)) return true;
  const [a, b] = of.inputs as [Node, Node];
  return (
    isProduct(of) &&
    of.attrs.transposeA === true &&
    of.attrs.transposeB !== true &&
    a.perRow &&
    b.perRow &&
    of.shape.length === 2
  );
}

/** The value of which this is another view of the same rows. */
export function viewed(of: Node): Node {
  let whole = of;
  while (whole.op === 'Reshape' && whole.perRow) whole = whole.inputs[0] as Node;
  return whole;
}
