import type { Buffer } from '../plan/plan.ts';
import { byLifetime, bytesOf, inARow, type Layout, lifetimesOf } from '../run/layout.ts';
import { wholeLines } from '../run/rows.ts';
import { placedAt, writeTable } from '../run/table.ts';
import { tableLength } from '../wasm/module.ts';
import type { PackedCell } from './packed-cell.ts';

/** The memory of a batch of rows. Addresses are in bytes. */
export type Room = {
  /** Of the block, at which the table is. */
  readonly table: number;
  /** Those of buffers; of states, for two frames. */
  readonly buffers: ReadonlyMap<Buffer, number>;
  /** Of outputs without padding. */
  readonly outputs: number;
  /** Behind the block. */
  readonly end: number;
  /** The most threads that it has room for. */
  readonly parts: number;
};

/** Allocates the memory of `batch` rows: zeros in what keeps its values from frame to frame. It is freed by its first address. */
export function takeRoom(cell: PackedCell, batch: number): Room {
  const { workspace, frames, shared, weights } = cell;
  const { blocks, team } = workspace;
  const { plan } = frames;
  const parts = team.size;
  const { kept, passing } = layoutsOf(cell, batch, parts);
  const keptAt = wholeLines(4 * tableLength(plan));
  const passingAt = keptAt + kept.bytes;
  const outputsAt = passingAt + passing.bytes;
  const size = outputsAt + 4 * batch * plan.output.buffer.width;
  const table = blocks.take(size);
  blocks.view(table, passingAt / 4).fill(0);
  const buffers = new Map(shared);
  for (const [buffer, offset] of kept.offsets) buffers.set(buffer, table + keptAt + offset);
  for (const [buffer, offset] of passing.offsets) buffers.set(buffer, table + passingAt + offset);
  writeTable(blocks, plan, table, { time: 1, batch, reverse: false, buffers: placedAt(buffers), weights });
  return { table, buffers, outputs: table + outputsAt, end: table + size, parts };
}

/** Layouts of what keeps its values from frame to frame, and of the rest. */
type Layouts = { readonly kept: Layout; readonly passing: Layout };

/** Those of the last sizes of each cell: many sequences of the same number of rows may follow one another. */
const remembered = new WeakMap<PackedCell, Layouts & { readonly batch: number; readonly parts: number }>();

function layoutsOf(cell: PackedCell, batch: number, parts: number): Layouts {
  const known = remembered.get(cell);
  if (known !== undefined && known.batch === batch && known.parts === parts) return known;
  const { plan, lasting } = cell.frames;
  const bytes = (buffer: Buffer): number => bytesOf(buffer, { time: 1, batch, parts }, false);
  const kept = inARow(lasting, bytes);
  const passing = byLifetime(lifetimesOf(plan, false, new Set([...lasting, ...cell.shared.keys()])), bytes);
  const made = { kept, passing, batch, parts };
  remembered.set(cell, made);
  return made;
}
