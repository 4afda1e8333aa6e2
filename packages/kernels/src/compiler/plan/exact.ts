import { inOrder, type Node, resultsOf, type StepGraph } from '../graph.ts';
import { isElementwise } from '../ops.ts';

/**
 * Values that are compared with their own maximum, as in its gradient: computed again they may differ in the last bit, and then
 * none equals it. So they are computed once.
 */
export function comparedWithMaximum(graph: StepGraph): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const { op, inputs } of inOrder(resultsOf(graph))) {
    if (op !== 'Equal') continue;
    const [a, b] = inputs.map(bare) as [Node, Node];
    for (const [x, top] of [
      [a, b],
      [b, a],
    ] as const) {
      const isTop = top.op === 'Max' || top.op === 'RowMax';
      if (!isTop || bare(top.inputs[0] as Node) !== x) continue;
      const whole = x.op === 'Slice' ? bare(x.inputs[0] as Node) : x;
      if (isElementwise(whole)) found.add(whole);
    }
  }
  return found;
}

/** Without signs and views. */
function bare(of: Node): Node {
  const isView = ['BroadcastTo', 'Neg', 'Reshape', 'RowView'].includes(of.op);
  return isView ? bare(of.inputs[0] as Node) : of;
}
