import { inOrder, mapGraph, type Node, resultsOf, type StepGraph } from '../graph.ts';
import { isElementwise } from '../ops.ts';
import { makeBuilder, type Rule } from '../simplify/build.ts';
import { again, calculate } from '../simplify/elementwise.ts';
import { sink } from '../simplify/slices.ts';

/** How many numbers a quad has. */
const MOST = 4;

/**
 * The same graph, in which values that stand side by side and are equally wide, such as gates, are computed each for itself: so a draw
 * computes those of one unit together, and its columns need no branches.
 *
 *   f([a, b], c) = [f(a, c₁), f(b, c₂)]      f(a)₁ = f(a₁)
 */
export function withEqualParts(graph: StepGraph): StepGraph {
  const build = makeBuilder([calculate, ofParts, sinkParts]);
  const to = new Map<Node, Node>();
  for (const of of inOrder(resultsOf(graph))) {
    const isGiven = of.inputs.length === 0;
    to.set(
      of,
      isGiven || !isRows(of) ? kept(of, to) : build.make({ ...of, inputs: of.inputs.map((x) => to.get(x) as Node) }),
    );
  }
  return mapGraph(graph, (of) => to.get(of) ?? of);
}

const isRows = ({ perRow, shape }: Node): boolean => perRow && shape.length === 2;

function kept(of: Node, to: ReadonlyMap<Node, Node>): Node {
  const inputs = of.inputs.map((x) => to.get(x) as Node);
  return inputs.every((x, i) => x === of.inputs[i]) ? of : { ...of, inputs };
}

const past = sink('past costly ops');
const sinkParts: Rule = (of, build) => {
  if (of.op !== 'Slice' || !isRows(of)) return of;
  const [from, size, all] = [(of.attrs.begin as number[])[1], of.shape[1], of.inputs[0]?.shape[1]] as [
    number,
    number,
    number,
  ];
  return from % size === 0 && all % size === 0 && all / size <= MOST ? past(of, build) : of;
};

const ofParts: Rule = (of, build) => {
  if (!isRows(of) || !isElementwise(of) || of.op === 'Equal' || of.op === 'NotEqual') return of;
  const [, width] = of.shape as [number, number];
  const beside = of.inputs.find((x) => isRows(x) && x.op === 'Concat' && x.shape[1] === width);
  const count = beside?.inputs.length ?? 0;
  if (beside === undefined || count > MOST || beside.inputs.some(({ shape }) => shape[1] !== width / count)) return of;
  const size = width / count;
  const parts = beside.inputs.map((_, i) => {
    const operands = of.inputs.map((x) => (x.shape.at(-1) === width ? build.columns(x, i * size, size) : x));
    return again(of, operands, build);
  });
  return build.concat(parts, 1);
};
