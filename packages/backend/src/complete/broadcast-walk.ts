import { broadcast_util } from '@tensorflow/tfjs-core';

/** An iteration over two broadcast tensors: rows of `length`, in which each has its own stride. */
export interface BroadcastWalk {
  /** The shape of the result. */
  readonly shape: number[];
  /** Elements of a row. Rows of the result are contiguous. */
  readonly length: number;
  /** The stride of a (or b) in a row: 1, or 0 if it is broadcast along it. */
  readonly stepA: number;
  readonly stepB: number;
  /** Offset of each row in a and in b. */
  readonly rows: readonly (readonly [a: number, b: number])[];
}

/** Computes the iteration, with as few and as long rows as the shapes allow. Throws if they do not broadcast. */
export function broadcastWalk(a: readonly number[], b: readonly number[]): BroadcastWalk {
  const shape = broadcast_util.assertAndGetBroadcastShape(a as number[], b as number[]);
  const axes: { size: number; a: number; b: number }[] = [];
  let [strideA, strideB] = [1, 1];
  for (let back = 1; back <= shape.length; back++) {
    const [size, sizeA, sizeB] = [shape.at(-back) as number, a.at(-back) ?? 1, b.at(-back) ?? 1];
    const axis = { size, a: sizeA === 1 ? 0 : strideA, b: sizeB === 1 ? 0 : strideB };
    strideA *= sizeA;
    strideB *= sizeB;
    const inner = axes.at(-1);
    if (size === 1) continue;
    if (inner && axis.a === inner.a * inner.size && axis.b === inner.b * inner.size) inner.size *= size;
    else axes.push(axis);
  }
  const [row = { size: 1, a: 0, b: 0 }, ...outer] = axes;
  let rows: [number, number][] = [[0, 0]];
  for (const axis of outer) {
    rows = Array.from({ length: axis.size }).flatMap((_, i) =>
      rows.map(([x, y]): [number, number] => [x + i * axis.a, y + i * axis.b]),
    );
  }
  return { shape, length: row.size, stepA: row.a, stepB: row.b, rows };
}
