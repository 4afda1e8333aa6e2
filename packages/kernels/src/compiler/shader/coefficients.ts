import { constant, inOrder, mapGraph, type Node, node, resultsOf, type StepGraph } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { broadcastShapes } from '../shapes.ts';

/**
 * The same graph, with gradients as few products of what depends on the frame that is run after, and coefficients that do not: these
 * are then computed for all frames at once.
 *
 *   (d·a)·b = d·(a·b)      (−d)·a = d·(−a)      d·a ± d·b = d·(a ± b)      d·a ± d = d·(a ± 1)
 */
export function withCoefficients(graph: StepGraph): StepGraph {
  const varies = new Map<Node, boolean>();
  for (const of of graph.dNext) if (of !== undefined) varies.set(of, true);
  const isVarying = (of: Node): boolean => {
    let known = varies.get(of);
    if (known === undefined) {
      known = of.inputs.some(isVarying);
      varies.set(of, known);
    }
    return known;
  };
  const shared = new Map<string, Node>();
  const binary = (op: string, a: Node, b: Node): Node => {
    const key = `${op} ${a.id} ${b.id}`;
    let made = shared.get(key);
    if (made === undefined) {
      const row = [a, b].find((x) => x.perRow);
      const perRow = row !== undefined;
      // Rows are flat: views have been taken out.
      const shape = perRow
        ? [row.shape[0] as number, Math.max(widthOf(a), widthOf(b))]
        : broadcastShapes(a.shape, b.shape);
      made = node({ op, inputs: [a, b], names: ['a', 'b'], attrs: {}, shape, dtype: 'float32', perRow });
      shared.set(key, made);
    }
    return made;
  };
  const negative = (x: Node): Node => binary('Sub', zero, x);
  /** A value as d·a; a is undefined where it is 1. */
  const factors = (of: Node): { readonly d: Node; readonly a?: Node } => {
    if (of.op !== 'Multiply') return { d: of };
    const [p, q] = of.inputs as [Node, Node];
    if (isVarying(p) === isVarying(q)) return { d: of };
    const [d, a] = isVarying(p) ? [p, q] : [q, p];
    return { d, a };
  };
  const times = (d: Node, a: Node): Node => {
    if (d.op === 'Neg') return times(d.inputs[0] as Node, negative(a));
    const inner = factors(d);
    return inner.a === undefined ? binary('Multiply', d, a) : times(inner.d, binary('Multiply', inner.a, a));
  };
  const rewritten = (of: Node): Node => {
    if (!of.perRow || !isVarying(of)) return of;
    if (of.op === 'Multiply') {
      const { d, a } = factors(of);
      return a === undefined ? of : times(d, a);
    }
    if (of.op === 'Add' || of.op === 'Sub') {
      const [p, q] = of.inputs.map(factors) as [ReturnType<typeof factors>, ReturnType<typeof factors>];
      if (p.d === q.d && (p.a ?? q.a) !== undefined) return times(p.d, binary(of.op, p.a ?? one, q.a ?? one));
    }
    return of;
  };
  const to = new Map<Node, Node>();
  for (const of of inOrder(resultsOf(graph))) {
    const inputs = of.inputs.map((input) => to.get(input) as Node);
    const same = inputs.every((input, i) => input === of.inputs[i]) ? of : node({ ...of, inputs });
    to.set(of, rewritten(same));
  }
  return mapGraph(graph, (of) => to.get(of) ?? of);
}

const zero = constant(0);
const one = constant(1);
