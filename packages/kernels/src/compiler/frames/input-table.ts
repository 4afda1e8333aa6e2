import { BLOCK, type Buffer } from '../plan/plan.ts';
import { bytesOf, inARow } from '../run/layout.ts';
import { putRows, wholeLines } from '../run/rows.ts';
import { placedAt, writeTable } from '../run/table.ts';
import { operationsOf } from '../run/work.ts';
import { tableLength } from '../wasm/module.ts';
import { onceOnly, type PackedCell } from './packed-cell.ts';

/** For each row of a table of inputs what a step makes of it alone. */
export type InputTable = {
  /** Rows. */
  readonly size: number;
  dispose(): void;
};

/** Where its rows are. */
export type TabulatedInputs = InputTable & {
  readonly cell: PackedCell;
  /** Addresses by buffer, one row after the other. */
  readonly columns: ReadonlyMap<Buffer, number>;
  /** The address behind the last of them. */
  readonly end: number;
};

/** Computes what depends on the input alone, for `size` inputs. */
export function tabulate(cell: PackedCell, inputs: Float32Array, size: number): TabulatedInputs {
  const { workspace, program, frames, shared, weights } = cell;
  const { blocks, team } = workspace;
  const { plan, ofInput, inputBuffers, gathered } = frames;
  const sizes = { time: 1, batch: size, parts: team.size };
  const bytes = (buffer: Buffer): number => bytesOf(buffer, sizes, false);
  const kept = inARow(gathered, bytes);
  const temporary = inARow(
    inputBuffers.filter((buffer) => !kept.offsets.has(buffer)),
    bytes,
  );
  const start = blocks.take(kept.bytes);
  let room = 0;
  try {
    const table = wholeLines(4 * tableLength(plan));
    room = blocks.take(table + temporary.bytes);
    const buffers = new Map(shared);
    for (const [buffer, offset] of kept.offsets) buffers.set(buffer, start + offset);
    for (const [buffer, offset] of temporary.offsets) buffers.set(buffer, room + table + offset);
    writeTable(blocks, plan, room, { time: 1, batch: size, reverse: false, buffers: placedAt(buffers), weights });
    putRows(blocks, inputs, buffers.get(plan.input) as number, plan.input);
    for (const { name, section } of ofInput) {
      const count = Math.ceil(size / BLOCK);
      team.runProgram(program, name, count, 1, size * operationsOf(section), room);
    }
  } catch (error) {
    blocks.give(start);
    throw error;
  } finally {
    blocks.give(room);
  }
  const columns = new Map([...kept.offsets].map(([buffer, offset]) => [buffer, start + offset]));
  return { cell, size, columns, end: start + kept.bytes, dispose: onceOnly(() => blocks.give(start)) };
}
