import type { Workspace } from './workspace.ts';

/** Logits that are copied at a time: four megabytes. */
const AT_ONCE = 2 ** 20;
/** Approximate number of operations per logit. */
const OPERATIONS = 30;

/**
 * `softmaxCrossEntropyOf` on arrays, on all threads: logits [rows, columns], ids [rows], weights [rows] or one. Rows are copied
 * in chunks of a fixed size.
 */
export function softmaxInArena(
  { arena, team }: Workspace,
  [rows, columns]: readonly [number, number],
  logits: Float32Array,
  ids: Int32Array,
  weights: Float32Array,
  labelSmoothing: number,
): { readonly loss: number; readonly gradient: Float32Array } {
  const gradient = new Float32Array(rows * columns);
  const most = Math.max(1, Math.floor(AT_ONCE / Math.max(1, columns)));
  const step = weights.length === 1 ? 0 : 1;
  let loss = 0;
  for (let from = 0; from < rows; from += most) {
    const count = Math.min(most, rows - from);
    const size = count * columns;
    const blocks = arena.layout({ logits: size, ids: count, weights: count, losses: count, gradient: size });
    arena.view(blocks.logits, size).set(logits.subarray(from * columns, from * columns + size));
    arena.view(blocks.weights, count).set(weights.subarray(step * from, step * from + (step ? count : 1)));
    const { buffer, byteOffset } = arena.view(blocks.ids, count);
    new Int32Array(buffer, byteOffset, count).set(ids.subarray(from, from + count));
    const given = [columns, blocks.logits, blocks.ids, blocks.weights, 4 * step, labelSmoothing];
    team.run('softmaxCrossEntropy', count, 1, OPERATIONS * size, ...given, blocks.losses, blocks.gradient, 0);
    arena.check();
    for (const each of arena.view(blocks.losses, count)) loss += each;
    gradient.set(arena.view(blocks.gradient, size), from * columns);
  }
  return { loss, gradient };
}
