import type { Node } from '../graph.ts';
import { isCostly, isImmediate, isRowReduction, widthOf } from '../ops.ts';
import { isBefore, later } from './moment.ts';
import type { Buffer, BufferKind, Moment, Place } from './plan.ts';
import type { RowsBuilder } from './rows-builder.ts';

/**
 * Stores what a later pass over columns would compute again at a cost, and reductions that a later step of rows needs: within
 * a step in one row of scratch, from step to step for all rows.
 */
export function spill(
  rows: RowsBuilder,
  {
    places,
    storedAt,
    momentOf,
    buffer,
  }: {
    readonly places: Map<Node, Place>;
    readonly storedAt: Map<Node, Moment>;
    readonly momentOf: (of: Node) => Moment;
    readonly buffer: (kind: BufferKind, width: number) => Buffer;
  },
): void {
  const first = new Map<Node, Moment>();
  for (const { at, roots } of rows.moments()) {
    const visit = (of: Node): void => {
      if (isImmediate(of) || !of.perRow) return;
      const stored = storedAt.get(of);
      if (stored === undefined ? places.has(of) : !isBefore(at, stored)) return;
      if (isRowReduction(of)) {
        if (momentOf(of).step < at.step) save(of, 'local', later(momentOf(of)));
        return;
      }
      const before = first.get(of);
      if (before === undefined) first.set(of, at);
      else if (isBefore(before, at) && isCostly(of)) {
        if (before.step < at.step) save(of, 'local', before);
        else if (widthOf(of) > 1) save(of, 'scratch', before);
        if (storedAt.has(of)) return;
      }
      of.inputs.forEach(visit);
    };
    roots.forEach(visit);
  }
  function save(of: Node, kind: 'local' | 'scratch', at: Moment): void {
    const to: Place = { buffer: buffer(kind, widthOf(of)), column: 0 };
    rows.store(of, to, at);
    places.set(of, to);
    storedAt.set(of, later(at));
  }
}
