import { type Node, NotCompilable } from '../graph.ts';
import { isCostly, widthOf } from '../ops.ts';
import { callOf, type Draw, type DrawOptions, type Group, makeDraw } from './draw.ts';
import type { Packing, Place } from './places.ts';
import type { Thing } from './run.ts';

/** What is asked of a draw. */
export type DrawRequest = Omit<DrawOptions, 'shared' | 'pack'>;

type Find = DrawOptions['find'];

/** Makes draws that read no more tensors than a shader may. */
export type Drawing = {
  /** The draw, if it reads few enough. */
  whole(request: DrawRequest): Draw | undefined;
  /** The draw, where needed after others that compute what its values are made from. @throws {NotCompilable} */
  draw(request: DrawRequest): Draw;
  /** The same; undefined if it would still read too many. */
  inParts(request: DrawRequest): Draw | undefined;
  /** Has values found by draws that are made later. */
  keep(find: Find): void;
};

/** Quads of values for all frames have one row each. */
export const ONE_ROW: Packing = { rows: 1, values: 4 };

export function drawingOf(
  given: Pick<DrawOptions, 'shared' | 'pack'>,
  mostInputs: number,
  keep: (find: Find) => void,
): Drawing {
  const fits = ({ inputs, blocks }: Draw): boolean => inputs.size + blocks.size <= mostInputs;
  const drawing: Drawing = {
    keep,
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
      keep(place);
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

/**
 * Values for all frames as quads, four of one width side by side in each: one draw, or several if that would read too many tensors. Two
 * quads are drawn apart from each other, after costly values that both are made from, unless they must be `together`.
 */
export function packed(values: readonly Node[], find: Find, drawing: Drawing, together?: 'together'): Find {
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
  if (groups.length > 1 && together === undefined) {
    const shared = packed(costlyIn(groups, find), find, drawing);
    drawing.keep(shared);
    const inner: Find = (of) => shared(of) ?? find(of);
    if (groups.length === 2) return anyOf(groups.map((group) => packed(group.values, inner, drawing)));
    return packed(values, inner, drawing, 'together');
  }
  const request: DrawRequest = { rows: 'quads', packing: ONE_ROW, groups: groups as Group[], find };
  const draw = values.length === 1 ? drawing.draw(request) : drawing.inParts(request);
  if (draw === undefined) {
    const half = Math.ceil(values.length / 2);
    return anyOf([values.slice(0, half), values.slice(half)].map((of) => packed(of, find, drawing, together)));
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

/** The first place that one of these finds. */
function anyOf(finds: readonly Find[]): Find {
  return (of) => {
    for (const find of finds) {
      const place = find(of);
      if (place !== undefined) return place;
    }
    return undefined;
  };
}

/** Up to four values of one width that are costly to compute, and that several groups are made from. */
function costlyIn(groups: readonly { readonly values: readonly Node[] }[], find: Find): Node[] {
  const uses = new Map<Node, number>();
  for (const { values } of groups) {
    const seen = new Set<Node>();
    const visit = (of: Node): void => {
      if (seen.has(of) || !of.perRow || of.inputs.length === 0 || find(of) !== undefined) return;
      seen.add(of);
      if (isCostly(of)) uses.set(of, (uses.get(of) ?? 0) + 1);
      of.inputs.forEach(visit);
    };
    values.forEach(visit);
  }
  const costly = [...uses].flatMap(([of, count]) => (count > 1 ? [of] : []));
  return costly.filter((of) => widthOf(of) === widthOf(costly[0] as Node)).slice(0, 4);
}

/** Values for all frames as the columns of one: of equal width, and at most four. */
export function sideBySide(parts: readonly Node[], find: Find): Place | undefined {
  const places = parts.map(find);
  const [first] = places;
  if (first?.kind !== 'quads') return undefined;
  const { of, column } = first;
  const channels = places.flatMap((place) =>
    place?.kind === 'quads' && place.of === of && place.column === column ? [place.channel] : [],
  );
  if (channels.length < parts.length) return undefined;
  return { kind: 'channels', of, column, width: widthOf(parts[0] as Node), channels };
}
