import { type Node, TRACED_BATCH } from '../graph.ts';
import { sizeOf } from '../shapes.ts';
import type { Builder } from './build.ts';

/** Sums or maxima of [before, n, after] over n. */
export function alongAxis(
  op: 'Sum' | 'Max',
  x: Node,
  [before, n, after]: readonly [number, number, number],
  build: Builder,
): Node {
  if (n === 1) return x;
  const width = before * after;
  const shape = [TRACED_BATCH, width];
  if (width === 1) {
    if (op === 'Sum') return build.sum(x, 1);
    return build.make({
      op,
      inputs: [x],
      names: ['x'],
      attrs: { reductionIndices: [1], keepDims: true },
      shape,
      dtype: x.dtype,
      perRow: true,
    });
  }
  const attrs = { before, n, after };
  return build.make({ op: `Row${op}`, inputs: [x], attrs, shape, dtype: x.dtype, perRow: true, line: x.line });
}

/** The axis as [before, n, after]. */
export function around(sizes: readonly number[], axis: number): [number, number, number] {
  return [sizeOf(sizes.slice(0, axis)), sizes[axis] as number, sizeOf(sizes.slice(axis + 1))];
}
