import type { PlanBlocks } from '../../simd/plan-workspace.ts';
import type { Buffer, Plan } from '../plan/plan.ts';
import { TABLE } from '../wasm/addresses.ts';
import { tableLength, weightsWord } from '../wasm/module.ts';

/** What the functions of a program read from the table of a call. */
export type TableEntries = {
  readonly time: number;
  readonly batch: number;
  readonly reverse: boolean;
  /** The addresses of buffers, in relation to a start. */
  readonly buffers: readonly { readonly start: number; readonly offsets: ReadonlyMap<Buffer, number> }[];
  /** Those of the packed weights, in the order of the plan. */
  readonly weights: readonly number[];
};

/** Buffers at these addresses. */
export const placedAt = (offsets: ReadonlyMap<Buffer, number>): TableEntries['buffers'] => [{ start: 0, offsets }];

/** Writes the table of a call. */
export function writeTable(blocks: PlanBlocks, plan: Plan, address: number, entries: TableEntries): void {
  const words = tableLength(plan);
  const view = blocks.view(address, words);
  const table = new Int32Array(view.buffer, view.byteOffset, words);
  table.fill(0);
  table[TABLE.time] = entries.time;
  table[TABLE.batch] = entries.batch;
  table[TABLE.reverse] = entries.reverse ? 1 : 0;
  for (const { start, offsets } of entries.buffers) {
    for (const [{ id }, offset] of offsets) table[TABLE.buffers + id] = start + offset;
  }
  for (const [i, place] of entries.weights.entries()) table[weightsWord(plan, i)] = place;
}
