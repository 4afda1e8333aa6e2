import { BLOCK, type Buffer, type Place, type Plan } from '../plan/plan.ts';
import type { Layout } from '../run/layout.ts';

/** Rows of a frame that is run, in which values are found relative to it: see `Rows`. */
export type Moving = keyof Rows;

/** The first row of the frame, or block, that is being computed, in buffers of each kind. */
export type Rows = {
  fixed: number;
  frames: number;
  before: number;
  after: number;
  carryIn: number;
  carryOut: number;
};

/** How many rows a buffer has. Those of a block are added up to one row of totals. */
export function rowsOf({ kind }: Buffer, { time, batch }: { readonly time: number; readonly batch: number }): number {
  return {
    frames: time * batch,
    states: (time + 1) * batch,
    carry: 4 * batch,
    constant: batch,
    local: Math.max(batch, BLOCK),
    scratch: 0,
    shared: 1,
    totals: batch,
  }[kind];
}

/** Which rows of its buffer a place means. */
export function movingOf({ buffer, side, isOut }: Place): Moving {
  if (buffer.kind === 'frames') return 'frames';
  if (buffer.kind === 'states') return side === 'after' ? 'after' : 'before';
  if (buffer.kind === 'carry') return isOut ? 'carryOut' : 'carryIn';
  return 'fixed';
}

/** An array and where a buffer starts in it. Rows are `width` numbers apart. */
type Stored = { readonly values: Float32Array; readonly start: number };

/** The memory of one call. */
export type Memory = {
  readonly plan: Plan;
  readonly time: number;
  readonly batch: number;
  readonly reverse: boolean;
  has(buffer: Buffer): boolean;
  /** The buffer, which there is. */
  at(buffer: Buffer): Stored;
  /** Rows of a buffer: a view. */
  view(buffer: Buffer, firstRow: number, rows: number): Float32Array;
};

/** Arrays with the buffers of a layout, in numbers. */
export type Laid = { readonly values: Float32Array; readonly layout: Layout };

export function memoryOf(
  plan: Plan,
  sizes: Pick<Memory, 'time' | 'batch' | 'reverse'>,
  arrays: readonly Laid[],
): Memory {
  const stored = new Map<Buffer, Stored>();
  for (const { values, layout } of arrays) {
    for (const [buffer, start] of layout.offsets) stored.set(buffer, { values, start });
  }
  const at = (buffer: Buffer): Stored => stored.get(buffer) as Stored;
  return {
    plan,
    ...sizes,
    has: (buffer) => stored.has(buffer),
    at,
    view(buffer, firstRow, rows) {
      const { values, start } = at(buffer);
      return values.subarray(start + firstRow * buffer.width, start + (firstRow + rows) * buffer.width);
    },
  };
}

/** Where the rows of all frames of a place start in its buffer, in rows. */
export function firstRowOf({ batch, reverse }: Memory, { buffer, side }: Place): number {
  return buffer.kind === 'states' && (side === 'after') !== reverse ? batch : 0;
}
