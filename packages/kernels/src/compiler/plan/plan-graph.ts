import { constant, inOrder, mapGraph, type Node, node, resultsOf, type StepGraph } from '../graph.ts';
import { viewed } from './known-ops.ts';

/** The graph without reshapes of rows: a row is its numbers, in whatever shape. */
export function withoutViews(graph: StepGraph): StepGraph {
  const to = new Map<Node, Node>();
  for (const of of inOrder(resultsOf(graph))) {
    const inputs = of.inputs.map((input) => to.get(viewed(input)) ?? viewed(input));
    to.set(of, inputs.every((input, i) => input === of.inputs[i]) ? of : { ...of, inputs });
  }
  return mapGraph(graph, (of) => to.get(viewed(of)) ?? viewed(of));
}

/** The graph without gradients. */
export function forwardOf(graph: StepGraph): StepGraph {
  const none = <T>(of: readonly T[]): undefined[] => of.map(() => undefined);
  return {
    ...graph,
    dParams: none(graph.dParams),
    dState: none(graph.dState),
    dInput: undefined,
    dContext: none(graph.dContext),
    dCaptured: none(graph.dCaptured),
  };
}

/** Zeros of the shape of a value. */
export function zeros(like: Node): Node {
  return node({
    ...like,
    op: 'BroadcastTo',
    inputs: [constant(0)],
    names: ['x'],
    attrs: { shape: like.shape },
    dtype: 'float32',
  });
}
