import type { BlockStep, Track } from '../../gpu/device.ts';
import { framesOf } from '../../sequence.ts';
import { type Node, NotCompilable } from '../graph.ts';
import { callOf, type Draw } from './draw.ts';
import { type LoopGraph, levelsOf } from './levels.ts';
import { type Drawing, packed } from './packed.ts';
import type { Place, Slot } from './places.ts';
import type { Run, Thing } from './run.ts';

/** A recurrence over frames. */
export type Loop = {
  /** How many draws a frame is. */
  readonly draws: number;
  /** Where a value is that the loop stores, after the loop. */
  readonly stored: (of: Node) => Place | undefined;
  /** A leaf of the state at a frame, or before the loop has run it. */
  readonly leaf: (leaf: number, when: 'at' | 'before') => Place;
  /** Values from outside that are packed for the loop. */
  readonly outside: (of: Node) => Place | undefined;
};

export type LoopOptions = {
  readonly graph: LoopGraph;
  readonly isBackward: boolean;
  /** Whether all that is stored is needed afterwards, or only the state. */
  readonly keepsAll: boolean;
  readonly startOf: (leaf: number) => Place;
  /** Where values from outside of the loop are. */
  readonly find: (of: Node) => Place | undefined;
  /** Whether a value from outside may be computed in the loop, once a frame. */
  readonly isCheap: (of: Node) => boolean;
  readonly drawing: Drawing;
};

/** Where a level writes: its blocks in a track come after `perFrame`·time + `more` others. */
type Layout = {
  readonly track: number;
  readonly isKept: boolean;
  readonly offset: { readonly perFrame: number; readonly more: number };
};

export function makeLoop({ graph, isBackward, keepsAll, startOf, find, isCheap, drawing }: LoopOptions): Loop {
  const { packing, levels, slots, leaves, readInSums, readOnce } = levelsOf(graph);
  const hasLeaf = levels.map((_, level) => [...leaves.values()].some((of) => of.level === level));
  const { layouts, tracks } = layOut(levels, hasLeaf, keepsAll);
  const costly = [...readOnce].filter((of) => !readInSums.has(of) && !isCheap(of));
  let outside = packed([...readInSums, ...costly], find, drawing);
  const leafOf = new Map(graph.roots.map(({ before, leaf }) => [before, leaves.get(leaf)]));
  const findAt =
    (level: number) =>
    (of: Node): Place | undefined => {
      const carried = leafOf.get(of);
      if (carried !== undefined) return { kind: 'current', name: `p${carried.level}`, slot: carried.slot };
      if (!graph.isInLoop(of)) return outside(of) ?? find(of);
      const known = slots.get(of);
      return known !== undefined && known.level < level
        ? { kind: 'current', name: `c${known.level}`, slot: known.slot }
        : undefined;
    };
  const steps = (): (Draw | undefined)[] =>
    levels.map(({ groups }, level) =>
      drawing.whole({
        rows: 'loop',
        packing,
        groups: groups.map(({ stored, ...group }) => ({ ...group, values: stored.map(({ node }) => node) })),
        find: findAt(level),
      }),
    );
  let made = steps();
  if (made.includes(undefined)) {
    // With all that it reads from outside in quads.
    outside = packed([...new Set([...readInSums, ...readOnce])], find, drawing, 'together');
    made = steps();
    if (made.includes(undefined)) throw new NotCompilable('a shader would read too many tensors', 'shader');
  }
  const starts = levels.map(({ groups }, level) =>
    hasLeaf[level]
      ? drawing.draw({
          rows: 'start',
          packing,
          groups: groups.map(({ stored, ...group }) => ({
            ...group,
            values: stored.map(({ leaf }) => (leaf === undefined ? undefined : startOf(leaf))),
          })),
          find,
        })
      : undefined,
  );

  const things: Thing[] = tracks.map((_, track) => ({
    isHeld: true,
    compute(run) {
      const results = scan(run);
      for (const [i, thing] of things.entries()) run.set(thing, results[i] as (typeof results)[0]);
      return results[track] as (typeof results)[0];
    },
  }));

  const scan = (run: Run) => {
    const { time, batch, reverse } = run.sizes;
    const rows = Math.ceil(batch / packing.rows);
    const first = ({ offset }: Layout): number => offset.perFrame * time + offset.more;
    const sized = tracks.map(
      ({ columns, perFrame, more }): Track => ({ rows, columns, blocks: perFrame * time + more }),
    );
    const calls = (made as Draw[]).map((step, level) => {
      const start = starts[level];
      return { start: start && callOf(start, run, 0), step: callOf(step, run, 0), blocks: step.blocks };
    });
    return run.scan(sized, () => {
      const steps: BlockStep[] = [];
      calls.forEach(({ start }, level) => {
        const layout = layouts[level] as Layout;
        if (start !== undefined)
          steps.push({ ...start, to: { track: layout.track, block: first(layout) + time }, from: {} });
      });
      const order = framesOf(time, isBackward ? !reverse : reverse);
      for (const { t, previous } of order) {
        const before = previous < 0 ? time : previous;
        calls.forEach(({ step, blocks }, level) => {
          const place = (of: number, block: number) => {
            const layout = layouts[of] as Layout;
            return { track: layout.track, block: first(layout) + (layout.isKept ? block : 0) };
          };
          const from = Object.fromEntries(
            [...blocks].map((name) => [name, place(Number(name.slice(1)), name.startsWith('p') ? before : t)]),
          );
          steps.push({ ...step, numbers: { ...step.numbers, at: t }, to: place(level, t), from });
        });
      }
      return steps;
    });
  };

  const blocks = ({ level, slot }: { level: number; slot: Slot }, when: 'at' | 'before'): Place => {
    const { track, offset } = layouts[level] as Layout;
    const order = when === 'before' && isBackward ? 'after' : when;
    return { kind: 'blocks', of: things[track] as Thing, slot, packing, offset, when: order };
  };
  return {
    outside,
    draws: levels.length,
    stored(of) {
      const known = graph.isInLoop(of) ? slots.get(of) : undefined;
      return known !== undefined && layouts[known.level]?.isKept ? blocks(known, 'at') : undefined;
    },
    leaf: (leaf, when) => blocks(leaves.get(leaf) as { level: number; slot: Slot }, when),
  };
}

/** Levels of as many columns share a track; what is not needed later is written over at every frame. */
function layOut(
  levels: readonly { readonly columns: number }[],
  hasLeaf: readonly boolean[],
  keepsAll: boolean,
): { layouts: Layout[]; tracks: { columns: number; perFrame: number; more: number; isKept: boolean }[] } {
  const tracks: { columns: number; perFrame: number; more: number; isKept: boolean }[] = [];
  const layouts = levels.map(({ columns }, level): Layout => {
    const isKept = keepsAll || hasLeaf[level] === true;
    let track = isKept ? tracks.findIndex((of) => of.isKept && of.columns === columns) : -1;
    if (track < 0) track = tracks.push({ columns, perFrame: 0, more: 0, isKept }) - 1;
    const of = tracks[track] as (typeof tracks)[0];
    const offset = { perFrame: of.perFrame, more: of.more };
    if (isKept) of.perFrame++;
    if (!isKept || hasLeaf[level]) of.more++;
    return { track, isKept, offset };
  });
  return { layouts, tracks };
}
