import { inOrder, mapGraph, type Node, node, resultsOf, type StepGraph } from '../graph.ts';
import { isColumnSum, widthOf } from '../ops.ts';
import { isSumOverRows } from '../plan/known-ops.ts';

/**
 * The same graph, with gradients w.r.t. columns of weights that stand side by side as one product:
 *
 *   [aᵀ·b, aᵀ·c] = aᵀ·[b, c]
 */
export function withMergedGradients(graph: StepGraph): StepGraph {
  const to = new Map<Node, Node>();
  for (const of of inOrder(resultsOf(graph))) {
    const inputs = of.inputs.map((input) => to.get(input) as Node);
    const isSame = inputs.every((input, i) => input === of.inputs[i]);
    const isColumns = of.op === 'Concat' && !of.perRow && of.shape.length === 2 && of.attrs.axis === 1;
    const parts = isColumns ? merged(inputs) : inputs;
    to.set(of, isSame && parts.length === inputs.length ? of : node({ ...of, inputs: parts }));
  }
  return mapGraph(graph, (of) => to.get(of) ?? of);
}

function merged(products: readonly Node[]): Node[] {
  const parts: Node[] = [];
  for (const of of products) {
    const last = parts.at(-1);
    if (last !== undefined && isProductOverRows(last) && isProductOverRows(of) && last.inputs[0] === of.inputs[0]) {
      parts[parts.length - 1] = together(last, of);
    } else parts.push(of);
  }
  return parts;
}

const isProductOverRows = (of: Node): boolean => isSumOverRows(of) && !isColumnSum(of);

function together(first: Node, second: Node): Node {
  const [a, b] = first.inputs as [Node, Node];
  const c = second.inputs[1] as Node;
  const columns = widthOf(b) + widthOf(c);
  const beside = node({
    op: 'Concat',
    inputs: [b, c].flatMap((of) => (of.op === 'Concat' ? of.inputs : [of])),
    attrs: { axis: 1 },
    shape: [b.shape[0] as number, columns],
    dtype: 'float32',
    perRow: true,
  });
  return node({ ...first, inputs: [a, beside], shape: [first.shape[0] as number, columns] });
}
