import type { Node } from '../graph.ts';
import { isAxisReduction, isElementwise, isImmediate, widthOf } from '../ops.ts';
import { refined, type Strided } from '../simplify/row-views.ts';
import { partsOf } from './parts.ts';
import type { Loop, Place, Store } from './plan.ts';

/**
 * A pass over columns as passes of which each has axes that suit all its views and reductions: those without any keep a pass over the
 * numbers of a row.
 */
export function byAxes(loop: Loop, isLoaded: (of: Node) => boolean): Loop[] {
  const flat = emptied(loop, undefined);
  const shaped: Changing[] = [];
  const passFor = (sizes: readonly number[] | undefined): Changing => {
    if (sizes === undefined) return flat;
    for (const other of shaped) {
      const both = refined(other.sizes as readonly number[], sizes);
      if (both === undefined) continue;
      other.sizes = both;
      return other;
    }
    const made = emptied(loop, sizes);
    shaped.push(made);
    return made;
  };
  const ofStore = ({ value, to }: Store): readonly number[] | undefined =>
    joint(axesOf(value, isLoaded), to.view?.sizes);
  for (const store of loop.stores) passFor(ofStore(store)).stores.push(store);
  for (const store of loop.totals) passFor(ofStore(store)).totals.push(store);
  for (const of of loop.reductions) passFor(axesOf(of.inputs[0] as Node, isLoaded)).reductions.push(of);
  for (const store of loop.axisReductions) {
    const { value } = store;
    passFor(joint(axesOf(value.inputs[0] as Node, isLoaded), axesOfReduction(value))).axisReductions.push(store);
  }
  const isEmpty = ({ stores, totals, reductions }: Loop): boolean =>
    stores.length + totals.length + reductions.length === 0;
  return isEmpty(flat) ? shaped : [flat, ...shaped];
}

type Changing = {
  -readonly [name in keyof Loop]: Loop[name] extends readonly (infer T)[] ? T[] : Loop[name];
} & { sizes?: readonly number[] | undefined };

const emptied = ({ width }: Loop, sizes: readonly number[] | undefined): Changing =>
  ({ width, sizes, stores: [], reductions: [], totals: [], axisReductions: [] }) as Changing;

/** The axes that the views have which a value is computed from; undefined if there are none. */
function axesOf(of: Node, isLoaded: (of: Node) => boolean): readonly number[] | undefined {
  const seen = new Set<Node>();
  let axes: readonly number[] | undefined;
  const visit = (part: Node): void => {
    if (seen.has(part) || isImmediate(part) || widthOf(part) === 1 || isLoaded(part)) return;
    seen.add(part);
    if (part.op === 'RowView') axes = joint(axes, (part.attrs as Strided).sizes);
    else part.inputs.forEach(visit);
  };
  visit(of);
  return axes;
}

/** [before, n, after], without axes of size 1. */
function axesOfReduction({ attrs }: Node): number[] {
  const { before, n, after } = attrs as { before: number; n: number; after: number };
  return [before, n, after].filter((size) => size > 1);
}

function joint(a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = refined(a, b);
  if (both === undefined) throw new Error(`compiler: axes: expected those of one tensor, got [${a}] and [${b}].`);
  return both;
}

/** Values that have to be stored before others are computed from them, since their views have other axes. */
export function clashingIn(order: readonly Node[]): ReadonlySet<Node> {
  const clashing = new Set<Node>();
  const axes = new Map<Node, readonly number[] | undefined>();
  /** The axes of an input and others; without the input's if they clash. */
  const joined = (known: readonly number[] | undefined, input: Node): readonly number[] | undefined => {
    const own = axes.get(input);
    if (known === undefined || own === undefined) return known ?? own;
    const both = refined(known, own);
    if (both !== undefined) return both;
    clashing.add(input);
    axes.delete(input);
    return known;
  };
  for (const of of order) {
    if (of.op === 'RowView') axes.set(of, (of.attrs as Strided).sizes);
    else if (isElementwise(of) || of.op === 'BroadcastTo')
      axes.set(of, of.inputs.reduce(joined, undefined as readonly number[] | undefined));
    else if (isAxisReduction(of)) joined(axesOfReduction(of), of.inputs[0] as Node);
    else if (of.op === 'RowConcat') for (const { value, to } of partsOf(of, NOWHERE)) joined(to.view?.sizes, value);
  }
  return clashing;
}

const NOWHERE: Place = { buffer: { id: -1, kind: 'scratch', width: 0, stride: 0 }, column: 0 };
