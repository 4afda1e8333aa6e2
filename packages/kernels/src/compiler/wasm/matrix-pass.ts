import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import type { Buffer, Loop, Place, Store } from '../plan/plan.ts';
import { sizeOf } from '../shapes.ts';
import type { Strided } from '../simplify/row-views.ts';
import { I32, LESS, type Local, repeat, simd, V128 } from './code.ts';
import { AT_ONCE } from './column-pass.ts';
import { apply, elementwise, type Vectors } from './functions.ts';
import { joinOf, makeReduction, type Reduction, startOf } from './reduction.ts';
import { type Columns, LANES, type RowValues } from './row-values.ts';
import { fill, makeStreams, type Stream, storeLanes } from './strided.ts';

const BLOCK = LANES * AT_ONCE;

/** A pass over the axes of a row: loops over all but the last, vectors along the last. */
export function matrixPass(loop: Loop, values: RowValues): void {
  const { vector, column, pointerTo } = values;
  const { code } = vector;
  const sizes = loop.sizes as readonly number[];
  const last = sizes.length - 1;
  const inner = sizes[last] as number;
  const streams = makeStreams(code, sizes, pointerTo);
  const { fromRow } = streams;

  // Streams of views, and of places that are written with strides.
  const viewStreams = new Map<Node, Stream>();
  const constants = new Map<Node, boolean>();
  /** Whether a value is the same along the innermost axis. */
  const isConstant = (of: Node): boolean => {
    if (isImmediate(of) || widthOf(of) === 1) return true;
    const known = constants.get(of);
    if (known !== undefined) return known;
    let found: boolean;
    if (values.loadedFrom(of) !== undefined) found = false;
    else if (of.op === 'RowView') found = viewStreams.get(of)?.inner === 0;
    else found = of.inputs.every(isConstant);
    constants.set(of, found);
    return found;
  };
  const atStart: Node[] = [];
  const seen = new Set<Node>();
  const prepare = (of: Node): void => {
    if (seen.has(of)) return;
    seen.add(of);
    if (widthOf(of) === 1 || isImmediate(of)) values.scalar(of);
    else if (values.loadedFrom(of) !== undefined) pointerTo(values.loadedFrom(of) as Place);
    else if (of.op === 'RowView') {
      viewStreams.set(of, streams.open(values.loadedFrom(of.inputs[0] as Node) as Place, of.attrs as Strided));
    } else of.inputs.forEach(prepare);
    if (widthOf(of) > 1 && isConstant(of)) atStart.push(of);
  };
  const roots = [
    ...[...loop.stores, ...loop.totals].map(({ value: of }) => of),
    ...[...loop.reductions, ...loop.axisReductions.map(({ value: of }) => of)].map((of) => of.inputs[0] as Node),
  ];
  roots.forEach(prepare);
  const targets = new Map<Store, Stream>();
  for (const store of [...loop.stores, ...loop.totals]) {
    const { view } = store.to;
    if (view !== undefined) targets.set(store, streams.open(store.to, view));
    else pointerTo(store.to);
  }

  // Reductions to one number, over the last axes, and over other axes.
  type Sum = {
    readonly of: Node;
    /** The axis from which on it reduces. */
    readonly depth: number;
    readonly reduction: Reduction;
    /** Where its results go, unless it is one number. */
    readonly to?: { readonly stream: Stream; readonly buffer: Buffer };
  };
  const sums: Sum[] = [];
  const sumOf = (of: Node, depth: number, to?: Sum['to']): void => {
    const reduction = makeReduction(of, AT_ONCE, values);
    sums.push(to === undefined ? { of, depth, reduction } : { of, depth, reduction, to });
  };
  for (const of of loop.reductions) sumOf(of, 0);
  const accumulated: { readonly of: Node; readonly to: Stream }[] = [];
  for (const { value: of, to } of loop.axisReductions) {
    const { before, n, after } = of.attrs as { before: number; n: number; after: number };
    const strides = after > 1 ? [after, 0, 1] : [1, 0];
    const view = { sizes: after > 1 ? [before, n, after] : [before, n], strides, offset: 0 };
    const kept = view.sizes.map((size, i) => [size, strides[i] as number] as const).filter(([size]) => size > 1);
    const target = streams.open(to, {
      sizes: kept.map(([size]) => size),
      strides: kept.map(([, stride]) => stride),
      offset: 0,
    });
    if (after === 1) {
      let depth = last;
      while (sizeOf(sizes.slice(depth)) < n) depth--;
      sumOf(of, depth, { stream: target, buffer: to.buffer });
    } else {
      accumulated.push({ of, to: target });
      fill(code, pointerTo(to), 4 * to.column, before * after, startOf(of, values), column);
    }
  }

  /** Values that are the same along the innermost axis. */
  const splats = new Map<Node, Vectors>();
  const loadView = (from: Stream, count: number, lastLanes: number): Vectors =>
    Array.from({ length: count }, (_, at) => {
      const local = code.local(V128);
      streams.load(from, at, at === count - 1 ? lastLanes : LANES);
      code.set(local);
      return local;
    });
  /** The columns from `column` on: so many vectors, of the last only some lanes. */
  const columns = (count: number, lastLanes: number): void => {
    const readView = (view: Node): Vectors => loadView(viewStreams.get(view) as Stream, count, lastLanes);
    const here: Columns = { first: 0, count, known: new Map(splats), readView };
    const valuesOf = (of: Node): Vectors => {
      const vectors = values.valuesOf(of, here);
      return vectors.length === count ? vectors : Array.from({ length: count }, () => vectors[0] as Local);
    };
    const lanesOf = (at: number): number => (at === count - 1 ? lastLanes : LANES);
    const store = (to: Store, vectors: Vectors): void => {
      const { buffer, column: from } = to.to;
      const target = targets.get(to);
      for (const [at, local] of values.kept(buffer, vectors).entries()) {
        if (target !== undefined) streams.store(target, at, local, lanesOf(at));
        else
          storeLanes(() => code.get(pointerTo(to.to)).get(column).add(), 4 * (from + LANES * at), local, lanesOf(at));
      }
    };
    for (const { of, reduction } of sums) reduction.take(valuesOf(of.inputs[0] as Node), 0, lastLanes);
    for (const { of, to } of accumulated) {
      const added = valuesOf(of.inputs[0] as Node);
      const joined = apply(vector, joinOf(of), loadView(to, count, lastLanes), added);
      for (const [at, local] of joined.entries()) streams.store(to, at, local, lanesOf(at));
    }
    for (const to of loop.stores) store(to, valuesOf(to.value));
    for (const to of loop.totals) {
      const added = valuesOf(to.value);
      const target = targets.get(to);
      const before = target === undefined ? values.load(to.to, here) : loadView(target, count, lastLanes);
      store(to, apply(vector, simd.add, before, added));
    }
  };
  const begin = (depth: number): void => {
    for (const { depth: own, reduction } of sums) if (own === depth) reduction.begin();
  };
  const end = (depth: number): void => {
    for (const { of, depth: own, reduction, to } of sums) {
      if (own !== depth) continue;
      const result = reduction.end();
      if (to === undefined) values.setScalar(of, result);
      else {
        const [kept] = values.kept(to.buffer, [result]);
        code
          .get(to.stream.address)
          .get(kept as Local)
          .storeLane(0);
      }
    }
  };
  const innermost = (): void => {
    splats.clear();
    for (const of of atStart) {
      const operands = (): Vectors[] => of.inputs.map((x) => splats.get(x) ?? [values.scalar(x)]);
      if (of.op === 'RowView') splats.set(of, loadView(viewStreams.get(of) as Stream, 1, LANES));
      else splats.set(of, of.op === 'BroadcastTo' ? (operands()[0] as Vectors) : elementwise(vector, of, operands()));
    }
    code.i32(0).set(fromRow);
    const whole = Math.floor(inner / BLOCK) * BLOCK;
    const advance = (): void => {
      code
        .get(column)
        .i32(4 * BLOCK)
        .add()
        .set(column);
      code
        .get(fromRow)
        .i32(4 * BLOCK)
        .add()
        .tee(fromRow);
    };
    if (whole > 0) {
      const next = (): void => {
        advance();
        code.i32(4 * whole).op(LESS);
      };
      repeat(code, () => columns(AT_ONCE, LANES), next);
    }
    const rest = inner - whole;
    if (rest === 0) return;
    const vectors = Math.ceil(rest / LANES);
    columns(vectors, rest - LANES * (vectors - 1));
    code
      .get(column)
      .i32(4 * rest)
      .add()
      .set(column);
  };
  const over = (axis: number): void => {
    begin(axis);
    if (axis === last) innermost();
    else {
      const index = code.local(I32);
      code.i32(0).set(index);
      repeat(
        code,
        () => {
          over(axis + 1);
          streams.advance(axis);
        },
        () =>
          code
            .get(index)
            .i32(1)
            .add()
            .tee(index)
            .i32(sizes[axis] as number)
            .op(LESS),
      );
    }
    end(axis);
  };

  code.i32(0).set(column);
  over(0);
}
