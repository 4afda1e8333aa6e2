import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import type { Buffer, Loop, Place, Store } from '../plan/plan.ts';
import { sizeOf } from '../shapes.ts';
import { type Strided, stridesIn } from '../simplify/row-views.ts';
import { type Code, I32, LESS, type Local, repeat, simd, V128 } from './code.ts';
import { unsigned } from './encode.ts';
import { elementwise, flushed, type VectorCode } from './functions.ts';

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

const LANES = 4;
const AT_ONCE = 2;
const BLOCK = LANES * AT_ONCE;

/** Numbers of a row that a pass reads or writes with strides: the address for the first column of the innermost axis. */
type Stream = { readonly address: Local; readonly strides: readonly number[]; readonly inner: number };

/** A pass over the axes of a row: loops over all but the last, vectors along the last. */
export function matrixPass(loop: Loop, tools: PassTools): void {
  const { vector, column, pointerTo, value } = tools;
  const { code } = vector;
  const sizes = loop.sizes as readonly number[];
  const last = sizes.length - 1;
  const inner = sizes[last] as number;
  const fromRow = code.local(I32);

  const streams: Stream[] = [];
  const stream = (place: Place, view: Strided, more = 0): Stream => {
    const strides = stridesIn(view, sizes) as number[];
    const address = code.local(I32);
    const offset = 4 * (place.column + view.offset + more);
    code.get(pointerTo(place));
    if (offset !== 0) code.i32(offset).add();
    code.set(address);
    const made = { address, strides, inner: strides[last] as number };
    streams.push(made);
    return made;
  };
  /** Pushes the address of the number with which vector `at` starts; the rest of it is an offset. */
  const push = ({ address, inner: stride }: Stream): Code => {
    code.get(address);
    if (stride === 1) code.get(fromRow).add();
    else if (stride !== 0) code.get(fromRow).i32(stride).multiply().add();
    return code;
  };

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
      viewStreams.set(of, stream(tools.loadedFrom(of.inputs[0] as Node) as Place, of.attrs as Strided));
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
    if (view !== undefined) targets.set(store, stream(store.to, view));
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
    const target = stream(to, {
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
      fill(to, before * after, startOf(of));
    }
  }

  /** Stores all numbers of a place. */
  function fill(to: Place, width: number, start: Local): void {
    code.i32(0).set(column);
    const whole = Math.floor(width / LANES) * LANES;
    const address = (): Code => code.get(pointerTo(to)).get(column).add();
    if (whole > 0) {
      repeat(
        code,
        () =>
          address()
            .get(start)
            .storeVector(4 * to.column),
        () =>
          code
            .get(column)
            .i32(4 * LANES)
            .add()
            .tee(column)
            .i32(4 * whole)
            .op(LESS),
      );
    }
    for (let lane = whole; lane < width; lane++)
      address()
        .get(start)
        .storeLane(4 * (to.column + lane - whole));
  }

  let lanesNow: (at: number) => number = () => LANES;
  const splats = new Map<Node, Local>();
  const read: Reader = (view, at) => {
    const known = splats.get(view);
    if (known !== undefined) return known;
    const from = viewStreams.get(view) as Stream;
    const local = code.local(V128);
    if (from.inner === 0) code.get(from.address).loadSplat(0);
    else if (from.inner === 1) push(from).loadVector(4 * LANES * at);
    else gather(from, at, lanesNow(at));
    code.set(local);
    return local;
  };
  /** Pushes a vector of numbers that are not neighbours. */
  const gather = (from: Stream, at: number, lanes: number): void => {
    const first = code.local(I32);
    const local = code.local(V128);
    push(from)
      .i32(4 * LANES * at * from.inner)
      .add()
      .tee(first)
      .loadSplat(0)
      .set(local);
    for (let lane = 1; lane < lanes; lane++) {
      code
        .get(first)
        .i32(4 * from.inner * lane)
        .add()
        .get(local)
        .simd(simd.loadLane32, 0, 0, lane)
        .set(local);
    }
    code.get(local);
  };

  const flushedFor = (buffer: Buffer, local: Local): Local =>
    tools.isFlushed(buffer) ? flushed(vector, local) : local;
  /** Stores some lanes at an address that `address` pushes. */
  const storeAt = (address: () => Code, offset: number, local: Local, lanes: number): void => {
    if (lanes === LANES) address().get(local).storeVector(offset);
    else {
      if (lanes >= 2) address().get(local).storeTwoLanes(offset);
      if (lanes !== 2)
        address()
          .get(local)
          .simd(simd.storeLane32, 0, ...unsigned(offset + 4 * (lanes - 1)), lanes - 1);
    }
  };
  const storeVector = (store: Store, local: Local, at: number, lanes: number): void => {
    const { to } = store;
    const kept = flushedFor(to.buffer, local);
    const target = targets.get(store);
    if (target === undefined) {
      storeAt(() => code.get(pointerTo(to)).get(column).add(), 4 * (to.column + LANES * at), kept, lanes);
    } else if (target.inner === 1) storeAt(() => push(target), 4 * LANES * at, kept, lanes);
    else {
      for (let lane = 0; lane < lanes; lane++) {
        push(target)
          .i32(4 * target.inner * (LANES * at + lane))
          .add()
          .get(kept)
          .simd(simd.storeLane32, 0, 0, lane);
      }
    }
  };
  /** Pushes what is there already. */
  const load = (store: Store, at: number, lanes: number): void => {
    const { to } = store;
    const target = targets.get(store);
    if (target === undefined)
      code
        .get(pointerTo(to))
        .get(column)
        .add()
        .loadVector(4 * (to.column + LANES * at));
    else if (target.inner === 1) push(target).loadVector(4 * LANES * at);
    else gather(target, at, lanes);
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
        push(to)
          .loadVector(4 * LANES * at)
          .get(local)
          .simd(joinOf(of))
          .set(sum);
        storeAt(() => push(to), 4 * LANES * at, sum, lanesNow(at));
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
          for (const { address, strides } of streams) {
            // Back to where the inner axes started, and one step on.
            const back = axis + 1 < last ? (sizes[axis + 1] as number) * (strides[axis + 1] as number) : 0;
            const step = (strides[axis] as number) - back;
            if (step !== 0)
              code
                .get(address)
                .i32(4 * step)
                .add()
                .set(address);
          }
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
