import type { Node } from '../graph.ts';
import { isAxisReduction, isImmediate, isJoined, isProduct, isRowReduction, rowsOfProduct, widthOf } from '../ops.ts';
import { clashingIn } from './axes.ts';
import { isBefore, later, START } from './moment.ts';
import { narrow } from './narrow.ts';
import { partsOf } from './parts.ts';
import type { Buffer, BufferKind, Moment, Place, ProductStep, RowsStep, Section, Store, Weights } from './plan.ts';
import { RowsBuilder } from './rows-builder.ts';
import { spill } from './spill.ts';

/** What a section has to leave behind: values in places, and sums over frames. */
export type Wanted = {
  readonly stores: Store[];
  /** `perBatchRow`: one sum for each row of the batch; else their sum over the rows is wanted. */
  readonly totals: (Store & { readonly perBatchRow: boolean })[];
};

/** A section and the rest of its plan. */
export type SectionContext = {
  readonly stage: number;
  readonly isLoop: boolean;
  readonly isBackward: boolean;
  readonly wanted: Wanted;
  homeOf(of: Node): number;
  /** Where a value is that is not computed here. */
  placeIn(of: Node): Place | undefined;
  isKept(of: Node): boolean;
  /** Whether it is computed once, and not again where it is needed: see exact.ts. */
  isExact(of: Node): boolean;
  keep(of: Node): Place;
  buffer(kind: BufferKind, width: number, stride?: number): Buffer;
  weightsOf(of: Node, transposed: boolean): Weights;
};

/** The section that leaves behind what is wanted. */
export function makeSection(context: SectionContext): Section {
  const { stage, isLoop, isBackward, wanted } = context;
  const { places, order } = neededBy([...wanted.stores, ...wanted.totals], context);
  const clashing = clashingIn(order);
  const isStored = (of: Node): boolean => context.isExact(of) || clashing.has(of);
  const moments = momentsOf(order, isStored);
  const momentOf = (of: Node): Moment => moments.get(of) ?? START;
  const computed = new Set(order);
  const destinations = destinationsOf(order, computed, isStored, context);
  for (const { value, to } of wanted.stores)
    if (computed.has(value)) destinations.get(value)?.push(to) ?? destinations.set(value, [to]);

  const rows = new RowsBuilder();
  const products: { readonly after: number; readonly a: Node; readonly step: Omit<ProductStep, 'a'> }[] = [];
  const storedAt = new Map<Node, Moment>();
  const store = (value: Node, to: Place, at: Moment): void => {
    if (isJoined(value) && computed.has(value))
      for (const part of partsOf(value, to)) rows.store(part.value, part.to, at);
    else rows.store(value, to, at);
  };
  const isReduced = (of: Node): boolean => isRowReduction(of) || isAxisReduction(of);
  for (const of of order) {
    const at = momentOf(of);
    if (isRowReduction(of)) rows.reduce(of, at);
    const all = destinations.get(of) ?? [];
    if (isProduct(of)) {
      const [a, b] = of.inputs as [Node, Node];
      const isTransposed = of.attrs.transposeB === true;
      const weights = context.weightsOf(b, isTransposed);
      const count = rowsOfProduct(of);
      const width = count > 1 ? widthOf(of) : weights.columns;
      const fits = ({ buffer, column }: Place): boolean => column === 0 && buffer.stride >= Math.ceil(width / 8) * 8;
      const direct = all.find(fits) ?? { buffer: context.buffer('local', width, Math.ceil(width / 8) * 8), column: 0 };
      products.push({
        after: at.step - 1,
        a,
        step: { kind: 'product', rows: count, weights, to: direct },
      });
      places.set(of, direct);
      storedAt.set(of, at);
      for (const to of all) if (to !== direct) rows.store(of, to, at);
      continue;
    }
    if (all.length === 0) continue;
    const when = isReduced(of) ? later(at) : at;
    if (isAxisReduction(of)) {
      const [to, ...others] = all as [Place, ...Place[]];
      rows.reduceAxis({ value: of, to }, at);
      for (const other of others) rows.store(of, other, when);
      places.set(of, to);
      storedAt.set(of, when);
      continue;
    }
    for (const to of all) store(of, to, when);
    if (of.op === 'Slice') continue;
    places.set(of, all[0] as Place);
    storedAt.set(of, later(when));
  }
  for (const { value, to } of wanted.stores) if (!computed.has(value)) rows.store(value, to, START);
  for (const { value, to } of wanted.totals) {
    const at = momentOf(value);
    if (isJoined(value) && computed.has(value))
      for (const part of partsOf(value, to)) rows.total(part.value, part.to, at);
    else rows.total(value, to, isReduced(value) && computed.has(value) ? later(at) : at);
  }
  for (const of of order) {
    if (of.op !== 'Slice') continue;
    const inner = places.get(of.inputs[0] as Node) as Place;
    places.set(of, { ...inner, column: inner.column + ((of.attrs.begin as number[])[1] as number) });
    storedAt.set(of, storedAt.get(of.inputs[0] as Node) ?? START);
  }
  spill(rows, { places, storedAt, momentOf, buffer: context.buffer });
  const loadedAt = (of: Node, at: Moment): Place | undefined => {
    const stored = storedAt.get(of);
    return stored !== undefined && isBefore(at, stored) ? undefined : places.get(of);
  };

  const last = Math.max(-1, ...products.map(({ after }) => after + 1), ...rows.steps());
  const steps: (ProductStep | RowsStep)[] = [];
  for (let step = -1; step <= last; step++) {
    const levels = rows.levels(step, loadedAt);
    if (levels.length > 0) steps.push({ kind: 'rows', index: step, levels });
    for (const product of products) {
      if (product.after !== step) continue;
      steps.push({ ...product.step, a: places.get(product.a) as Place });
    }
  }
  const isWide = (of: Node): boolean => of.op === 'RowConcat' || isAxisReduction(of) || isStored(of) || viewed.has(of);
  const viewed = new Set(order.flatMap(({ op, inputs }) => (op === 'RowView' ? inputs : [])));
  const locals = order.flatMap((of) => (isWide(of) ? (destinations.get(of) ?? []) : [])).map(({ buffer }) => buffer);
  narrow(new Set(locals.filter(({ kind }) => kind === 'local')), steps, rows.moments(), loadedAt);

  const totals = [...new Set(wanted.totals.map(({ to }) => to.buffer))];
  const isPerBatchRow =
    [...places.values()].some(({ buffer }) => buffer.kind === 'constant') ||
    wanted.totals.some(({ perBatchRow }) => perBatchRow);
  const kind = stage < 0 ? 'once' : isLoop || isPerBatchRow ? 'loop' : 'all';
  return { kind, isBackward, steps, places, storedAt, totals };
}

/** What the values that are wanted are made from: what is there already, and what is computed here, inputs first. */
function neededBy(roots: readonly Store[], { stage, homeOf, placeIn, isKept, keep }: SectionContext) {
  const places = new Map<Node, Place>();
  const order: Node[] = [];
  const seen = new Set<Node>();
  const visit = (of: Node): void => {
    if (seen.has(of) || isImmediate(of)) return;
    seen.add(of);
    const there = placeIn(of) ?? (homeOf(of) < stage && isKept(of) ? keep(of) : undefined);
    if (there !== undefined) {
      places.set(of, there);
      return;
    }
    for (const input of isProduct(of) ? of.inputs.slice(0, 1) : of.inputs) visit(input);
    const [first] = of.inputs as [Node];
    const whole = of.op === 'Slice' ? places.get(first) : undefined;
    if (whole === undefined) order.push(of);
    else places.set(of, { ...whole, column: whole.column + ((of.attrs.begin as number[])[1] as number) });
  };
  for (const { value } of roots) visit(value);
  return { places, order };
}

/** When each value is computed: products end a step of rows; reductions, and what is read as a whole, end a level. */
function momentsOf(order: readonly Node[], isStored: (of: Node) => boolean): Map<Node, Moment> {
  const moments = new Map<Node, Moment>();
  for (const of of order) {
    if (isProduct(of)) {
      const a = moments.get(of.inputs[0] as Node);
      moments.set(of, { step: a === undefined ? 0 : a.step + 1, level: 0 });
      continue;
    }
    let at = START;
    for (const input of of.inputs) {
      const before = moments.get(input);
      if (before === undefined) continue;
      const isWhole =
        isRowReduction(input) ||
        isAxisReduction(input) ||
        isStored(input) ||
        (!isProduct(input) && (isJoined(input) || of.op === 'Slice' || of.op === 'RowView'));
      const ready = isWhole ? later(before) : before;
      if (isBefore(at, ready)) at = ready;
    }
    moments.set(of, at);
  }
  return moments;
}

/** Where values are stored that are read as a whole here: by products, by slices. */
function destinationsOf(
  order: readonly Node[],
  computed: ReadonlySet<Node>,
  isStored: (of: Node) => boolean,
  { buffer, wanted }: SectionContext,
): Map<Node, Place[]> {
  const destinations = new Map<Node, Place[]>();
  const isWanted = new Set(wanted.stores.map(({ value }) => value));
  const toLocal = (of: Node): void => {
    if (!computed.has(of) || isProduct(of) || isWanted.has(of) || destinations.has(of)) return;
    destinations.set(of, [{ buffer: buffer('local', widthOf(of)), column: 0 }]);
  };
  for (const of of order) {
    const [first] = of.inputs as [Node];
    if (isJoined(of) || isAxisReduction(of) || isStored(of)) toLocal(of);
    if (of.op === 'Slice' || of.op === 'RowView') toLocal(first);
    if (isProduct(of) && first.op !== 'Slice') toLocal(first);
  }
  return destinations;
}
