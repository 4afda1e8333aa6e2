import type { Node } from '../graph.ts';
import type { Builder, Rule } from './build.ts';

/**
 * [x, h]·W = x·W₁ + h·W₂, where h depends on the frame before and x does not: then x·W₁ is one product over all frames. And its
 * gradients.
 */
export function splitProducts(isRecurrent: (of: Node) => boolean): Rule {
  return (of, build) => {
    if (of.op !== 'BatchMatMul') return of;
    const [a, b] = of.inputs as [Node, Node];
    const { transposeA, transposeB } = of.attrs as { transposeA: boolean; transposeB: boolean };
    if (a.op !== 'Concat' || a.shape.length !== 2 || !a.perRow || b.shape.length !== 2) return of;
    if (!a.inputs.some(isRecurrent) || a.inputs.every(isRecurrent)) return of;
    const parts = together(a.inputs, isRecurrent, build);
    let at = 0;
    const products = parts.map((x) => {
      const width = x.shape[1] as number;
      const from = at;
      at += width;
      if (transposeA) return build.matMul(x, b, true, transposeB);
      return build.matMul(x, rowsOf(b, from, width, transposeB, build), false, transposeB);
    });
    return transposeA ? build.concat(products, 0) : products.reduce((sum, next) => build.binary('Add', sum, next));
  };
}

/** Neighbours of one kind as one. */
function together(parts: readonly Node[], isRecurrent: (of: Node) => boolean, build: Builder): Node[] {
  const groups: Node[][] = [];
  for (const part of parts) {
    const last = groups.at(-1);
    if (last !== undefined && isRecurrent(last[0] as Node) === isRecurrent(part)) last.push(part);
    else groups.push([part]);
  }
  return groups.map((group) => build.concat(group, 1));
}

/** Rows of a matrix, or columns if it is transposed. */
function rowsOf(b: Node, from: number, count: number, transposed: boolean, build: Builder): Node {
  const [rows, columns] = b.shape as [number, number];
  const begin = transposed ? [0, from] : [from, 0];
  const size = transposed ? [rows, count] : [count, columns];
  return build.make({ ...b, op: 'Slice', inputs: [b], names: ['x'], attrs: { begin, size }, shape: size });
}
