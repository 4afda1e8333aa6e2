import type { Node } from '../graph.ts';
import { isProduct, widthOf } from '../ops.ts';
import { isSumOverRows } from '../plan/known-ops.ts';
import type { DrawOptions } from './draw.ts';
import type { Thing } from './run.ts';

/** Whether a value that all rows share depends on parameters alone, and not on noise. */
export function staticIn(nodes: readonly Node[]): (of: Node) => boolean {
  const found = new Set<Node>();
  for (const of of nodes) {
    if (!of.perRow && of.op !== 'Noise' && of.inputs.every((input) => found.has(input))) found.add(of);
  }
  return (of) => found.has(of);
}

/** The values of parameters that rows use as they are, in one vector. */
export function sharedIn(
  nodes: readonly Node[],
  results: readonly Node[],
  isStatic: (of: Node) => boolean,
  make: (bases: readonly Node[]) => Thing,
): DrawOptions['shared'] {
  const columns = new Map<Node, number>();
  let end = 0;
  const add = (of: Node): void => {
    if (!isStatic(of) || isOneNumber(of)) return;
    const { base } = baseOf(of);
    if (columns.has(base)) return;
    columns.set(base, end);
    end += widthOf(base);
  };
  results.forEach(add);
  for (const of of nodes) {
    if (isStatic(of) || isSumOverRows(of)) continue;
    of.inputs.forEach((input, i) => {
      if (!isProduct(of) || i === 0) add(input);
    });
  }
  const thing = make([...columns.keys()]);
  return (of) => {
    if (!isStatic(of)) return undefined;
    const { base, column } = baseOf(of);
    const at = columns.get(base);
    return at === undefined ? undefined : { of: thing, column: at + column };
  };
}

const isOneNumber = ({ op, values }: Node): boolean => op === 'Const' && values?.length === 1;

/** A row of numbers as columns of a larger one. */
function baseOf(of: Node): { readonly base: Node; readonly column: number } {
  let base = of;
  let column = 0;
  for (;;) {
    const [x] = base.inputs as [Node];
    if (base.op === 'Reshape') base = x;
    else if (base.op === 'Slice' && widthOf(x) === x.shape.at(-1)) {
      column += (base.attrs.begin as number[]).at(-1) as number;
      base = x;
    } else return { base, column };
  }
}
