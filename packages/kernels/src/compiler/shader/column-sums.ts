import type { Node } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { type Draw, type Group, groupsOf } from './draw.ts';
import { type DrawRequest, ONE_ROW } from './packed.ts';
import type { Place } from './places.ts';
import type { Run, Thing } from './run.ts';

type ColumnSum = { readonly node: Node; readonly thing: Thing; readonly column: number; readonly width: number };

/** Sums over the rows of all frames: over the batch, of each frame, and then over frames. */
export function columnSumsOf(
  sums: readonly Node[],
  find: (of: Node) => Place | undefined,
  draw: (options: DrawRequest) => Draw,
  drawn: (of: Draw, rows: (sizes: Run['sizes']) => number, columns: number) => Thing,
): ColumnSum[] {
  const values = sums.map(({ inputs }) => inputs[0] as Node);
  const widths = values.map(widthOf);
  const groups = groupsOf(values, widths);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const ofFrames = drawn(draw({ rows: 'sum over batch', packing: ONE_ROW, groups, find }), ({ time }) => time, total);
  const place: Place = { kind: 'tensor', of: ofFrames, rows: 'time', column: 0 };
  const thing = drawn(
    draw({ rows: 'sum over time', packing: ONE_ROW, groups: groupsOf([place], [total]), find }),
    () => 1,
    total,
  );
  return sums.map((node, i) => ({ node, thing, column: (groups[i] as Group).column, width: widths[i] as number }));
}
