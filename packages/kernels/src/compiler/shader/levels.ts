import type { Node } from '../graph.ts';
import { isCostly, isProduct, isRowReduction, widthOf } from '../ops.ts';
import { type Packing, packingFor, type Slot } from './places.ts';

/** What is asked of a loop over frames. */
export type LoopGraph = {
  /** Values of the loop that are needed after it, given which are stored: products, or parts of them. */
  readonly neededLater: (isStored: (of: Node) => boolean) => readonly Node[];
  /** The state after a frame, from that before it: by leaf. */
  readonly roots: readonly { readonly leaf: number; readonly node: Node; readonly before: Node }[];
  /** Whether a value depends on the state before the frame, and is not it. */
  readonly isInLoop: (of: Node) => boolean;
};

/** A value that a draw stores; `leaf`: it is that leaf of the state. */
type Stored = { readonly node: Node; readonly leaf: number | undefined };

/** A draw of every frame: what it stores, side by side. */
type LevelGroup = { readonly column: number; readonly width: number; readonly stored: readonly Stored[] };
type Level = { readonly groups: readonly LevelGroup[]; readonly columns: number };

/** The draws of a frame. */
export type Levels = {
  readonly packing: Packing;
  readonly levels: readonly Level[];
  /** Where values are that later draws of the frame read, or that are leaves. */
  readonly slots: ReadonlyMap<Node, { readonly level: number; readonly slot: Slot }>;
  readonly leaves: ReadonlyMap<number, { readonly level: number; readonly slot: Slot }>;
  /** Values from outside of the loop: those that are read for every k of a sum, and those that are read once. */
  readonly readInSums: ReadonlySet<Node>;
  readonly readOnce: ReadonlySet<Node>;
};

/**
 * Cuts the step of a loop into draws. A draw computes products and sums whose operands can be computed from what is stored, for any
 * column; so what an operand needs of another product is stored by an earlier draw. Numbers of a row are computed by every thread.
 */
export function levelsOf(graph: LoopGraph): Levels {
  const { roots } = graph;
  const { levelOf, demand } = demandsOf(graph);
  const last = Math.max(0, ...roots.map(({ node }) => levelOf(node)));
  const forced = new Map<Node, number>();
  for (;;) {
    const found = cut(graph, last, forced, levelOf, demand);
    if (found.moved.size === 0) {
      const more = withRoom(graph, found, levelOf);
      if (more.size === 0) return laidOut(found);
      for (const [of, level] of more) found.moved.set(of, level);
    }
    for (const [of, level] of found.moved) forced.set(of, level);
  }
}

type Demand = { readonly level: number; readonly stores: ReadonlySet<Node> };
const NOTHING: Demand = { level: 0, stores: new Set() };

const isSum = (of: Node): boolean => isProduct(of) || isRowReduction(of);

/** In which draw a value can be computed at the earliest; and what must be stored to compute it for any column. */
function demandsOf({ isInLoop }: LoopGraph): { levelOf: (of: Node) => number; demand: (of: Node) => Demand } {
  const levels = new Map<Node, number>();
  const demands = new Map<Node, Demand>();
  const levelOf = (of: Node): number => {
    if (!isInLoop(of)) return 0;
    let level = levels.get(of);
    if (level === undefined) {
      level = isSum(of) ? demand(of.inputs[0] as Node).level : Math.max(0, ...of.inputs.map(levelOf));
      levels.set(of, level);
    }
    return level;
  };
  const demand = (of: Node): Demand => {
    let found = demands.get(of);
    if (found === undefined) {
      found = compute(of);
      demands.set(of, found);
    }
    return found;
  };
  const itself = (of: Node): Demand => ({ level: levelOf(of) + 1, stores: new Set([of]) });
  const compute = (of: Node): Demand => {
    if (!isInLoop(of)) return NOTHING;
    if (widthOf(of) === 1) return { level: levelOf(of), stores: NOTHING.stores };
    if (isSum(of)) return itself(of);
    const parts = of.inputs.map(demand);
    const stores = new Set(parts.flatMap((part) => [...part.stores]));
    const level = Math.max(0, ...parts.map((part) => part.level));
    if (stores.size === 0 || ['BroadcastTo', 'Concat', 'Slice'].includes(of.op)) return { level, stores };
    const isFewer = stores.size > 1 && levelOf(of) + 1 <= level;
    return isCostly(of) || isFewer ? itself(of) : { level, stores };
  };
  return { levelOf, demand };
}

type Cut = {
  readonly stores: readonly Stored[][];
  readonly readInSums: Set<Node>;
  readonly readOnce: Set<Node>;
  /** What has to be stored by this draw, once more. */
  readonly moved: Map<Node, number>;
};

/** From the last draw to the first: each demands what earlier ones store. */
function cut(
  { roots, isInLoop }: LoopGraph,
  last: number,
  forced: ReadonlyMap<Node, number>,
  levelOf: (of: Node) => number,
  demand: (of: Node) => Demand,
): Cut {
  const stores: Stored[][] = Array.from({ length: last + 1 }, () => []);
  const storedAt = new Map(forced);
  const moved = new Map<Node, number>();
  const computedAt = new Map<Node, number>();
  const readInSums = new Set<Node>();
  const readOnce = new Set<Node>();
  const carried = new Set(roots.map(({ before }) => before));
  for (const { node, leaf } of roots) (stores[forced.get(node) ?? last] as Stored[]).push({ node, leaf });
  const rootNodes = new Set(roots.map(({ node }) => node));
  for (const [node, level] of forced) {
    if (!rootNodes.has(node)) (stores[level] as Stored[]).push({ node, leaf: undefined });
  }
  const store = (node: Node): void => {
    const level = levelOf(node);
    if (storedAt.has(node)) return;
    storedAt.set(node, level);
    if (rootNodes.has(node)) moved.set(node, level);
    else (stores[level] as Stored[]).push({ node, leaf: undefined });
  };
  const visit = (of: Node, level: number, isOperand: boolean, seen: Set<Node>): void => {
    if (seen.has(of) || carried.has(of)) return;
    seen.add(of);
    if (!isInLoop(of)) {
      if (of.perRow) (isOperand && widthOf(of) > 1 ? readInSums : readOnce).add(of);
      return;
    }
    if ((storedAt.get(of) ?? level) < level) return;
    const sum = of.op === 'Slice' ? (of.inputs[0] as Node) : of;
    if (!isSum(sum) || !isInLoop(sum) || (storedAt.get(sum) ?? level) < level) {
      for (const x of of.inputs) visit(x, level, isOperand && widthOf(of) > 1, seen);
      return;
    }
    const operand = sum.inputs[0] as Node;
    const known = computedAt.get(of);
    if (known !== undefined && known !== level && widthOf(of) > 1) moved.set(of, Math.min(known, level));
    computedAt.set(of, Math.min(known ?? level, level));
    for (const need of demand(operand).stores) store(need);
    visit(operand, level, true, new Set());
  };
  for (let level = last; level >= 0; level--) {
    for (const { node } of stores[level] as Stored[]) visit(node, level, false, new Set());
  }
  return { stores, readInSums, readOnce, moved };
}

/**
 * Products that are stored for later, rather than computed again for all frames: if each finds room as the second value of a row. Else
 * quads would have fewer rows, and weights be read more often.
 */
function withRoom({ neededLater }: LoopGraph, { stores }: Cut, levelOf: (of: Node) => number): Map<Node, number> {
  const counts = stores.map((stored) => {
    const byWidth = new Map<number, number>();
    for (const { node } of stored) byWidth.set(widthOf(node), (byWidth.get(widthOf(node)) ?? 0) + 1);
    return byWidth;
  });
  const places = new Map<Node, number>();
  for (const of of neededLater((node) => stores.some((stored) => stored.some((each) => each.node === node)))) {
    const width = widthOf(of);
    const level = counts.findIndex((byWidth, i) => i >= levelOf(of) && byWidth.get(width) === 1);
    if (level < 0) return new Map();
    counts[level]?.set(width, 2);
    places.set(of, level);
  }
  return counts.some((byWidth) => [...byWidth.values()].some((count) => count > 2)) ? new Map() : places;
}

/** Places in quads for what is stored. */
function laidOut({ stores, readInSums, readOnce }: Cut): Levels {
  const byWidth = stores.map((of) => {
    const widths = new Map<number, Stored[]>();
    for (const stored of of) {
      const width = widthOf(stored.node);
      widths.set(width, [...(widths.get(width) ?? []), stored]);
    }
    return widths;
  });
  const packing = packingFor(Math.max(1, ...byWidth.flatMap((widths) => [...widths.values()].map((of) => of.length))));
  const slots = new Map<Node, { level: number; slot: Slot }>();
  const leaves = new Map<number, { level: number; slot: Slot }>();
  const levels = byWidth.map((widths, level): Level => {
    const groups: LevelGroup[] = [];
    let column = 0;
    for (const [width, of] of widths) {
      for (let first = 0; first < of.length; first += packing.values) {
        const stored = of.slice(first, first + packing.values);
        stored.forEach(({ node, leaf }, value) => {
          const at = { level, slot: { column, value } };
          if (!slots.has(node)) slots.set(node, at);
          if (leaf !== undefined) leaves.set(leaf, at);
        });
        groups.push({ column, width, stored });
        column += width;
      }
    }
    return { groups, columns: column };
  });
  return { packing, levels, slots, leaves, readInSums, readOnce };
}
