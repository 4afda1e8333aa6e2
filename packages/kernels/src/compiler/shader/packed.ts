import { type Node, NotCompilable } from '../graph.ts';
import { widthOf } from '../ops.ts';
import { callOf, type Draw, type DrawOptions, type Group, makeDraw } from './draw.ts';
import type { Packing, Place } from './places.ts';
import type { Thing } from './run.ts';

/** What is asked of a draw. */
export type DrawRequest = Omit<DrawOptions, 'shared' | 'pack'>;

/** Makes draws that read no more tensors than a shader may. */
export type Drawing = {
  /** The draw, if it reads few enough. */
  whole(request: DrawRequest): Draw | undefined;
  /** The draw, where needed after others that compute what its values are made from. @throws {NotCompilable} */
  draw(request: DrawRequest): Draw;
  /** The same; undefined if it would still read too many. */
  inParts(request: DrawRequest): Draw | undefined;
};

type Find = DrawOptions['find'];

/** Quads of values for all frames have one row each. */
export const ONE_ROW: Packing = { rows: 1, values: 4 };

export function drawingOf(given: Pick<DrawOptions, 'shared' | 'pack'>, mostInputs: number): Drawing {
  const fits = ({ inputs, blocks }: Draw): boolean => inputs.size + blocks.size <= mostInputs;
  const drawing: Drawing = {
    whole(request) {
      const made = makeDraw({ ...request, ...given });
      return fits(made) ? made : undefined;
    },
    inParts(request) {
      const made = drawing.whole(request);
      if (made !== undefined || request.rows === 'loop' || request.rows === 'start') return made;
      const parts = partsIn(request);
      if (parts.length === 0) return undefined;
      const place = packed(parts, request.find, drawing);
      return drawing.inParts({ ...request, find: (of) => place(of) ?? request.find(of) });
    },
    draw(request) {
      const made = drawing.inParts(request);
      if (made === undefined) throw new NotCompilable('a shader would read too many tensors', 'shader');
      return made;
    },
  };
  return drawing;
}

/** The operands of a draw's values that have to be computed. */
function partsIn({ groups, find }: DrawRequest): Node[] {
  const parts = new Set<Node>();
  for (const { values } of groups) {
    for (const value of values) {
      if (value === undefined || 'kind' in value || find(value) !== undefined) continue;
      for (const x of value.inputs) if (x.perRow && x.inputs.length > 0 && find(x) === undefined) parts.add(x);
    }
  }
  return [...parts];
}

/** Values for all frames as quads, four of one width side by side in each: one draw, or several if that would read too many tensors. */
export function packed(values: readonly Node[], find: Find, drawing: Drawing): Find {
  if (values.length === 0) return () => undefined;
  const groups: { readonly column: number; readonly width: number; readonly values: Node[] }[] = [];
  let columns = 0;
  for (const of of values) {
    const width = widthOf(of);
    const open = groups.find((group) => group.width === width && group.values.length < 4);
    if (open !== undefined) open.values.push(of);
    else {
      groups.push({ column: columns, width, values: [of] });
      columns += width;
    }
  }
  const request: DrawRequest = { rows: 'quads', packing: ONE_ROW, groups: groups as Group[], find };
  const draw = values.length === 1 ? drawing.draw(request) : drawing.inParts(request);
  if (draw === undefined) {
    const half = Math.ceil(values.length / 2);
    const [first, second] = [values.slice(0, half), values.slice(half)].map((of) => packed(of, find, drawing));
    return (of) => first?.(of) ?? second?.(of);
  }
  const thing: Thing = {
    isHeld: false,
    compute: (run) => run.draw(callOf(draw, run, 0), run.sizes.time * run.sizes.batch, columns),
  };
  const places = new Map<Node, Place>();
  for (const { column, values: of } of groups) {
    for (const [channel, value] of of.entries()) places.set(value, { kind: 'quads', of: thing, column, channel });
  }
  return (of) => places.get(of);
}
