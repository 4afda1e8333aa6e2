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
  const saved = new Map<Node, { kind: 'local' | 'scratch'; readonly at: Moment }>();
  for (const { at, roots } of rows.moments()) {
    const visit = (of: Node): void => {
      if (isImmediate(of) || !of.perRow) return;
      const here = saved.get(of);
      if (here !== undefined) {
        // Scratch holds the row that is being computed: the next step of rows finds the last one there.
        if (here.at.step < at.step) here.kind = 'local';
        return;
      }
      const stored = storedAt.get(of);
      if (stored === undefined ? places.has(of) : !isBefore(at, stored)) return;
      if (isRowReduction(of)) {
        if (momentOf(of).step < at.step) saved.set(of, { kind: 'local', at: later(momentOf(of)) });
        return;
      }
      const before = first.get(of);
      if (before === undefined) first.set(of, at);
      else if (isBefore(before, at) && isCostly(of)) {
        const kind = before.step < at.step ? 'local' : 'scratch';
        if (kind === 'local' || widthOf(of) > 1) {
          saved.set(of, { kind, at: before });
          return;
        }
      }
      of.inputs.forEach(visit);
    };
    roots.forEach(visit);
  }
  for (const [of, { kind, at }] of saved) {
    const to: Place = { buffer: buffer(kind, widthOf(of)), column: 0 };
    rows.store(of, to, at);
    places.set(of, to);
    storedAt.set(of, later(at));
  }
}
