import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import type { Buffer, Loop, Place, Store } from '../plan/plan.ts';
import { sizeOf } from '../shapes.ts';
import type { Strided } from '../simplify/row-views.ts';
import { I32, LESS, type Local, repeat, simd, V128 } from './code.ts';
import { elementwise, flushed, type VectorCode } from './functions.ts';
import { fill, LANES, makeStreams, type Stream, storeLanes } from './strided.ts';

/** What the code of a pass needs of the function it is in. */
export type PassTools = {
  readonly vector: VectorCode;
  /** A local with the bytes from the start of a row to the columns that are computed. */
  readonly column: Local;
  /** The address of the row of a place's buffer. */
  pointerTo(place: Place): Local;
  scalar(of: Node): Local;
  /** A vector of a pass, see `Reader`. */
  value(of: Node, at: number, memo: Map<Node, Local>): Local;
  loadedFrom(of: Node): Place | undefined;
  isFlushed(buffer: Buffer): boolean;
  /** Pushes all lanes where the first `lanes` are −1. */
  within(lanes: number): Local;
  /** Reduces the lanes of a vector, of which each is the result then. */
  acrossLanes(sum: Local, join: number): void;
  setScalar(of: Node, local: Local): void;
  /** What reads views from here on. */
  readViews(reader: Reader | undefined): void;
};

/** Reads vector `at` of a view at the columns that are computed. */
export type Reader = (view: Node, at: number) => Local;

/** Vectors of a pass over columns: V8 can fuse two to one twice as wide. */
const AT_ONCE = 2;
const BLOCK = LANES * AT_ONCE;

/** A pass over the axes of a row: loops over all but the last, vectors along the last. */
export function matrixPass(loop: Loop, tools: PassTools): void {
  const { vector, column, pointerTo, value } = tools;
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
    if (tools.loadedFrom(of) !== undefined) found = false;
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
    if (widthOf(of) === 1 || isImmediate(of)) tools.scalar(of);
    else if (tools.loadedFrom(of) !== undefined) pointerTo(tools.loadedFrom(of) as Place);
    else if (of.op === 'RowView') {
      viewStreams.set(of, streams.open(tools.loadedFrom(of.inputs[0] as Node) as Place, of.attrs as Strided));
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
  const joinOf = (of: Node): number => (of.op === 'Max' || of.op === 'RowMax' ? simd.maximum : simd.add);
  const startOf = (of: Node): Local => vector.constant(joinOf(of) === simd.maximum ? Number.NEGATIVE_INFINITY : 0);
  type Sum = {
    readonly of: Node;
    readonly depth: number;
    readonly locals: Local[];
    readonly to?: Stream;
    readonly buffer?: Buffer;
  };
  const sums: Sum[] = [];
  const sumOf = (of: Node, depth: number, to?: Stream, buffer?: Buffer): void => {
    sums.push({ of, depth, locals: Array.from({ length: AT_ONCE }, () => code.local(V128)), to, buffer } as Sum);
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
      sumOf(of, depth, target, to.buffer);
    } else {
      accumulated.push({ of, to: target });
      fill(code, pointerTo(to), 4 * to.column, before * after, startOf(of), column);
    }
  }

  let lanesNow: (at: number) => number = () => LANES;
  const splats = new Map<Node, Local>();
  const read: Reader = (view, at) => {
    const known = splats.get(view);
    if (known !== undefined) return known;
    const from = viewStreams.get(view) as Stream;
    const local = code.local(V128);
    streams.load(from, at, lanesNow(at));
    code.set(local);
    return local;
  };
  const flushedFor = (buffer: Buffer, local: Local): Local =>
    tools.isFlushed(buffer) ? flushed(vector, local) : local;
  const storeVector = (store: Store, local: Local, at: number, lanes: number): void => {
    const { to } = store;
    const kept = flushedFor(to.buffer, local);
    const target = targets.get(store);
    if (target !== undefined) streams.store(target, at, kept, lanes);
    else storeLanes(() => code.get(pointerTo(to)).get(column).add(), 4 * (to.column + LANES * at), kept, lanes);
  };
  /** Pushes what is there already. */
  const load = (store: Store, at: number, lanes: number): void => {
    const { to } = store;
    const target = targets.get(store);
    if (target !== undefined) streams.load(target, at, lanes);
    else
      code
        .get(pointerTo(to))
        .get(column)
        .add()
        .loadVector(4 * (to.column + LANES * at));
  };

  /** The columns from `column` on: so many vectors, of the last only some lanes. */
  const columns = (vectors: number, lastLanes: number): void => {
    const memos = Array.from({ length: vectors }, () => new Map<Node, Local>(splats));
    lanesNow = (at) => (at === vectors - 1 ? lastLanes : LANES);
    const values = (of: Node): Local[] => memos.map((memo, at) => value(of, at, memo));
    for (const { of, locals } of sums) {
      values(of.inputs[0] as Node).forEach((local, at) => {
        const sum = locals[at] as Local;
        code.get(sum).get(local);
        if (lanesNow(at) < LANES) {
          if (joinOf(of) === simd.maximum)
            code
              .get(startOf(of))
              .get(tools.within(lanesNow(at)))
              .simd(simd.bitselect);
          else code.get(tools.within(lanesNow(at))).simd(simd.and);
        }
        code.simd(joinOf(of)).set(sum);
      });
    }
    for (const { of, to } of accumulated) {
      values(of.inputs[0] as Node).forEach((local, at) => {
        const sum = code.local(V128);
        streams.load(to, at, lanesNow(at));
        code.get(local).simd(joinOf(of)).set(sum);
        streams.store(to, at, sum, lanesNow(at));
      });
    }
    for (const store of loop.stores) {
      values(store.value).forEach((local, at) => {
        storeVector(store, local, at, lanesNow(at));
      });
    }
    for (const store of loop.totals) {
      values(store.value).forEach((local, at) => {
        const total = code.local(V128);
        load(store, at, lanesNow(at));
        code.get(local).simd(simd.add).set(total);
        storeVector(store, total, at, lanesNow(at));
      });
    }
  };
  const begin = (depth: number): void => {
    for (const { of, depth: own, locals } of sums) {
      if (own === depth) for (const local of locals) code.get(startOf(of)).set(local);
    }
  };
  const end = (depth: number): void => {
    for (const { of, depth: own, locals, to, buffer } of sums) {
      if (own !== depth) continue;
      const [first, ...others] = locals as [Local, ...Local[]];
      for (const other of others) code.get(first).get(other).simd(joinOf(of)).set(first);
      tools.acrossLanes(first, joinOf(of));
      if (to === undefined) tools.setScalar(of, first);
      else
        code
          .get(to.address)
          .get(flushedFor(buffer as Buffer, first))
          .storeLane(0);
    }
  };
  const innermost = (): void => {
    splats.clear();
    for (const of of atStart) {
      const operands = (): Local[] => of.inputs.map((x) => splats.get(x) ?? tools.scalar(x));
      if (of.op === 'RowView') splats.set(of, read(of, 0));
      else splats.set(of, of.op === 'BroadcastTo' ? (operands()[0] as Local) : elementwise(vector, of, operands()));
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

  tools.readViews(read);
  code.i32(0).set(column);
  over(0);
  tools.readViews(undefined);
}
