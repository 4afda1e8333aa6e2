import type { Node } from '../graph.ts';
import { isCostly, isElementwise } from '../ops.ts';
import type { Place } from './places.ts';

/** Whether a value is computed with few operations from few tensors. */
export function isCheap(of: Node, find: (of: Node) => Place | undefined): boolean {
  let operations = 0;
  let reads = 0;
  const visit = (part: Node): boolean => {
    const place = find(part);
    if (place !== undefined) {
      reads++;
      return true;
    }
    if (part.inputs.length === 0 || !part.perRow) return true;
    if (isCostly(part) || (!isElementwise(part) && part.op !== 'Slice' && part.op !== 'BroadcastTo')) return false;
    operations++;
    return part.inputs.every(visit);
  };
  return visit(of) && reads <= 2 && operations <= 6;
}
