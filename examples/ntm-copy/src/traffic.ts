import { type HeatMap, heatMap } from '@elman/charts';
import { Rng, type Sequence, type Task, type Tree, tree } from '@elman/core';
import { type MemoryCell, type MemoryCellParams, traceMemory } from '@elman/rnn';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Head weights over a row of this length: used slots by frames. */
export async function traffic<P extends Tree, S extends Tree, M extends Tree>(
  cell: MemoryCell<P, S, M>,
  params: MemoryCellParams<P>,
  task: Task,
  length: number,
): Promise<readonly HeatMap[]> {
  const batch = task.sample(Rng.seeded('traffic'), [{ length, ...(task.easiest.repeats && { repeats: 3 }) }]);
  const { seen, ...rest } = traceMemory(cell, params, batch.inputs as Sequence);
  try {
    const written = await byFrame(seen.writeWeights as Tensor);
    const read = await byFrame(seen.readWeights as Tensor);
    const used = slotsInUse([...written, ...read]);
    const picture = (title: string, frames: readonly (readonly number[])[]): HeatMap =>
      heatMap({
        title,
        rows: used.map(String),
        columns: frames.map((_, t) => `${t + 1}`),
        values: used.map((slot) => frames.map((weights) => weights[slot] as number)),
        labels: { rows: 'slot', columns: 'frame', values: 'weight' },
        from: 0,
        to: 1,
      });
    return [picture('Head weights of writes', written), picture('Head weights of reads', read)];
  } finally {
    tree.dispose([seen, rest, batch.inputs, batch.targets, ...(batch.mask ? [batch.mask] : [])]);
  }
}

/** Of the first row and head of [batch, time, heads, slots]. */
async function byFrame(weights: Tensor): Promise<number[][]> {
  const [, time, heads, slots] = weights.shape as [number, number, number, number];
  const values = await weights.data();
  return Array.from({ length: time }, (_, t) =>
    Array.from(values.subarray(t * heads * slots, t * heads * slots + slots)),
  );
}

/** Slots that ever had a weight, in circular order, cut at the longest run of unused ones. */
function slotsInUse(frames: readonly (readonly number[])[]): number[] {
  const slots = frames[0]?.map((_, slot) => slot) ?? [];
  const used = slots.filter((slot) => frames.some((weights) => (weights[slot] as number) > 0.2));
  const gapBefore = (i: number): number =>
    ((used[i] as number) - (used.at(i - 1) as number) + slots.length) % slots.length;
  const start = used.reduce((best, _, i) => (gapBefore(i) > gapBefore(best) ? i : best), 0);
  return [...used.slice(start), ...used.slice(0, start)];
}
