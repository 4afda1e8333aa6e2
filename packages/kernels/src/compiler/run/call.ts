import type { PlanWorkspace } from '../../simd/plan-workspace.ts';
import type { Buffer, Place, Plan } from '../plan/plan.ts';
import { tableLength } from '../wasm/module.ts';
import type { Held, Writing } from './given.ts';
import type { Layout } from './layout.ts';
import { addressFor, computedInPlace, wholeLines } from './rows.ts';
import { writeTable } from './table.ts';

/** The memory of one call: addresses of all it works with. */
export type Call = {
  readonly time: number;
  readonly batch: number;
  readonly reverse: boolean;
  readonly table: number;
  /** Room for one tensor on its way in or out. */
  readonly staging: number;
  readonly weights: readonly number[];
  at(buffer: Buffer): number | undefined;
  /** A part of the extra room that the call was opened with. */
  take(floats: number): number;
};

/** A block of memory that is held from forward to backward. */
export type HeldBlock = Held & { readonly address: number; readonly layout: Layout };

export type CallSizes = {
  readonly time: number;
  readonly batch: number;
  readonly reverse: boolean;
  readonly transient: Layout;
  readonly held: HeldBlock | undefined;
  /** Bytes of each packed matrix. */
  readonly weights: readonly number[];
  /** Floats. */
  readonly staging: number;
  /** Floats of the parts that `take` returns. */
  readonly extra: readonly number[];
};

/** Calls `f` with the memory of a call, which is freed afterwards. */
export function withCall<T>({ blocks }: PlanWorkspace, plan: Plan, sizes: CallSizes, f: (call: Call) => T): T {
  let end = 0;
  const reserve = (bytes: number): number => {
    const start = end;
    end = wholeLines(start + bytes);
    return start;
  };
  reserve(4 * tableLength(plan));
  const weightsAt = sizes.weights.map(reserve);
  const transientAt = reserve(sizes.transient.bytes);
  const stagingAt = reserve(4 * sizes.staging);
  const extraAt = end;
  for (const floats of sizes.extra) reserve(4 * floats);
  const address = blocks.take(end);
  try {
    const { time, batch, reverse, held } = sizes;
    const buffers = [{ start: address + transientAt, offsets: sizes.transient.offsets }];
    if (held !== undefined) buffers.push({ start: held.address, offsets: held.layout.offsets });
    const weights = weightsAt.map((place) => address + place);
    writeTable(blocks, plan, address, { time, batch, reverse, buffers, weights });
    let next = address + extraAt;
    return f({
      time,
      batch,
      reverse,
      table: address,
      staging: address + stagingAt,
      weights,
      at(buffer) {
        for (const { start, offsets } of buffers) {
          const offset = offsets.get(buffer);
          if (offset !== undefined) return start + offset;
        }
        return undefined;
      },
      take(floats) {
        const start = next;
        next = wholeLines(next + 4 * floats);
        return start;
      },
    });
  } finally {
    blocks.give(address);
  }
}

/** [batch, time, width] to frames, if the call has the buffer. */
export function putSequence({ blocks, team }: PlanWorkspace, call: Call, values: Float32Array, buffer: Buffer): void {
  const to = call.at(buffer);
  if (to === undefined) return;
  const { time, batch, staging } = call;
  const { width, stride } = buffer;
  const from = addressFor(blocks, values, staging);
  team.run('swapAxes', time, 1, values.length, from, 4 * width, to, 4 * stride, batch, time, width);
}

/** Frames to [batch, time, width]. */
export function takeSequence({ blocks, team }: PlanWorkspace, call: Call, place: Place): Writing {
  const { time, batch, staging } = call;
  const { width, stride } = place.buffer;
  const count = time * batch * width;
  const from = addressOf(call, place);
  return computedInPlace(blocks, staging, (to) =>
    team.run('swapAxes', batch, 1, count, from, 4 * stride, to, 4 * width, time, batch, width),
  );
}

/** The address of the first row of a place, of all frames. */
export function addressOf({ batch, reverse, at }: Call, { buffer, column, side }: Place): number {
  const shift = buffer.kind === 'states' && (side === 'after') !== reverse ? batch : 0;
  return (at(buffer) as number) + 4 * (buffer.stride * shift + column);
}
