import type { Node } from '../graph.ts';
import type { Place } from '../plan/plan.ts';
import { firstRowOf, type Memory, rowsOf } from './memory.ts';
import { multiply, type Panels, pack } from './product.ts';

/** Gradients w.r.t. weights, as products over the rows of all frames, and sums over rows, by their nodes. */
export function sumOverRows(memory: Memory): Map<Node, Float32Array> {
  const { plan, time, batch } = memory;
  const sums = new Map<Node, Float32Array>();
  const packed = new Map<string, Panels>();
  const start = (place: Place): number => {
    const { buffer, column } = place;
    return memory.at(buffer).start + firstRowOf(memory, place) * buffer.width + column;
  };
  for (const { node, a, b, rows, columns, count, once } of plan.gradients) {
    const depth = count * (once ? batch : time * batch);
    const key = `${b.buffer.id} ${b.side} ${b.column} ${columns} ${once}`;
    let panels = packed.get(key);
    if (panels === undefined) {
      const { values } = memory.at(b.buffer);
      panels = pack(depth, columns, { values, start: start(b), rowStride: b.buffer.width / count, columnStride: 1 });
      packed.set(key, panels);
    }
    const sum = new Float32Array(rows * columns);
    const left = {
      values: memory.at(a.buffer).values,
      start: start(a),
      rowStride: 1,
      columnStride: a.buffer.width / count,
    };
    multiply(sum, 0, columns, rows, left, panels);
    sums.set(node, sum);
  }
  for (const { node, totals, perBlock } of plan.sums) {
    const { values, start: first } = memory.at(totals);
    const { width } = totals;
    const sum = new Float64Array(width);
    const rows = perBlock ? 1 : rowsOf(totals, memory);
    for (let row = 0, i = first; row < rows; row++) {
      for (let k = 0; k < width; k++, i++) sum[k] = (sum[k] as number) + (values[i] as number);
    }
    sums.set(node, Float32Array.from(sum));
  }
  return sums;
}
