import type { PlanWorkspace } from '../../simd/plan-workspace.ts';
import type { Node } from '../graph.ts';
import { BLOCK, type Plan } from '../plan/plan.ts';
import { addressOf, type Call } from './call.ts';
import type { Writing } from './given.ts';
import type { Scattered } from './lookup.ts';
import { computedInPlace, padded, takeRows } from './rows.ts';

/** Rows of a block of `kernelGradient` (DEPTH in assembly/product.ts). */
const DEPTH = 256;

/** Floats that `sumOverRows` takes. */
export function sumsRoom({ gradients, sums }: Plan, parts: number): number[] {
  const scratch = parts * DEPTH * Math.max(0, ...gradients.map(({ rows, columns }) => rows + padded(columns)));
  return [
    scratch,
    ...gradients.map(({ rows, columns }) => rows * padded(columns)),
    ...sums.map(({ totals }) => totals.stride),
  ];
}

/** Gradients w.r.t. weights, as products over the rows of all frames, and sums over rows, by their nodes: views. */
export function sumOverRows(
  { blocks, team }: PlanWorkspace,
  plan: Plan,
  call: Call,
  tableRows: number,
  scattered: Scattered | undefined,
): Map<Node, Writing> {
  const { time, batch } = call;
  const found = new Map<Node, Writing>();
  const [scratchSize] = sumsRoom(plan, team.size) as [number];
  const scratch = call.take(scratchSize);
  for (const { node, a, b, rows, columns, count, once } of plan.gradients) {
    const stride = padded(columns);
    const to = call.take(rows * stride);
    const isTable = scattered !== undefined && a.buffer === plan.input;
    const depth = count * (isTable ? tableRows : once ? batch : time * batch);
    const [p, q] = isTable ? [scattered.table, scattered.sumsOf(b.buffer)] : [addressOf(call, a), addressOf(call, b)];
    const steps = { a: (4 * a.buffer.stride) / count, b: (4 * b.buffer.stride) / count, c: 4 * stride };
    const work = 2 * depth * rows * columns;
    const compute = (c: number): void =>
      team.run('kernelGradient', stride, 8, work, p, steps.a, q, steps.b, c, steps.c, rows, depth, stride, scratch);
    if (columns === stride) found.set(node, computedInPlace(blocks, to, compute));
    else {
      compute(to);
      found.set(node, takeRows(blocks, to, rows, { width: columns, stride }));
    }
  }
  for (const { node, totals, perBlock } of plan.sums) {
    const to = call.take(totals.stride);
    const rows = perBlock ? Math.ceil((time * batch) / BLOCK) : batch;
    const from = call.at(totals) as number;
    team.run('columnSums', totals.width, 8, rows * totals.width, rows, 4 * totals.stride, from, to);
    found.set(node, takeRows(blocks, to, 1, totals));
  }
  return found;
}
