import { type Node, NotCompilable } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import { refined, type Strided } from '../simplify/row-views.ts';
import type { Loop, Store } from './plan.ts';

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
  const ofStore = ({ value, to }: Store): readonly number[] | undefined => joint(axesOf(value, isLoaded), to.view?.sizes);
  for (const store of loop.stores) passFor(ofStore(store)).stores.push(store);
  for (const store of loop.totals) passFor(ofStore(store)).totals.push(store);
  for (const of of loop.reductions) passFor(axesOf(of.inputs[0] as Node, isLoaded)).reductions.push(of);
  for (const store of loop.axisReductions) {
    const { before, n, after } = store.value.attrs as { before: number; n: number; after: number };
    const sizes = [before, n, after].filter((size) => size > 1);
    passFor(joint(axesOf(store.value.inputs[0] as Node, isLoaded), sizes)).axisReductions.push(store);
  }
  const isEmpty = ({ stores, totals, reductions }: Loop): boolean => stores.length + totals.length + reductions.length === 0;
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

function joint(a: readonly number[] | undefined, b: readonly number[] | undefined): readonly number[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = refined(a, b);
  if (both === undefined) throw new NotCompilable(`axes [${a}] and [${b}] are not those of one tensor`, 'Reshape');
  return both;
}
