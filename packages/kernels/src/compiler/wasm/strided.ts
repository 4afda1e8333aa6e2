import type { Place } from '../plan/plan.ts';
import { type Strided, stridesIn } from '../simplify/row-views.ts';
import { type Code, I32, LESS, type Local, repeat, simd, V128 } from './code.ts';
import { LANES } from './row-values.ts';

/** Numbers of a row that a pass reads or writes with strides: the address for the first column of the innermost axis. */
export type Stream = { readonly address: Local; readonly strides: readonly number[]; readonly inner: number };

/** Access to rows with strides, in loops over axes. */
export type Streams = {
  /** A local with the bytes from the first column of the innermost axis. */
  readonly fromRow: Local;
  open(place: Place, view: Strided): Stream;
  /** Pushes a vector, or some lanes of it. */
  load(from: Stream, at: number, lanes: number): void;
  store(to: Stream, at: number, local: Local, lanes: number): void;
  /** One step along an axis, when those inside it have run. */
  advance(axis: number): void;
};

export function makeStreams(code: Code, sizes: readonly number[], pointerTo: (place: Place) => Local): Streams {
  const last = sizes.length - 1;
  const fromRow = code.local(I32);
  const streams: Stream[] = [];
  /** Pushes the address of the first column that is computed. */
  const push = ({ address, inner: stride }: Stream): Code => {
    code.get(address);
    if (stride === 1) code.get(fromRow).add();
    else if (stride !== 0) code.get(fromRow).i32(stride).multiply().add();
    return code;
  };
  /** Pushes a vector of numbers that are not neighbours. */
  const gather = (from: Stream, at: number, lanes: number): void => {
    const [first, local] = [code.local(I32), code.local(V128)];
    const step = 4 * from.inner;
    push(from)
      .i32(LANES * at * step)
      .add()
      .tee(first)
      .loadSplat(0)
      .set(local);
    for (let lane = 1; lane < lanes; lane++) {
      code
        .get(first)
        .i32(step * lane)
        .add()
        .get(local)
        .simd(simd.loadLane32, 0, 0, lane)
        .set(local);
    }
    code.get(local);
  };
  return {
    fromRow,
    open(place, view) {
      const strides = stridesIn(view, sizes) as number[];
      const address = code.local(I32);
      const offset = 4 * (place.column + view.offset);
      code.get(pointerTo(place));
      if (offset !== 0) code.i32(offset).add();
      code.set(address);
      const made = { address, strides, inner: strides[last] as number };
      streams.push(made);
      return made;
    },
    load(from, at, lanes) {
      if (from.inner === 0) code.get(from.address).loadSplat(0);
      else if (from.inner === 1) push(from).loadVector(4 * LANES * at);
      else gather(from, at, lanes);
    },
    store(to, at, local, lanes) {
      if (to.inner === 1) {
        storeLanes(() => push(to), 4 * LANES * at, local, lanes);
        return;
      }
      for (let lane = 0; lane < lanes; lane++) {
        push(to)
          .i32(4 * to.inner * (LANES * at + lane))
          .add()
          .get(local)
          .storeLane(0, lane);
      }
    },
    advance(axis) {
      for (const { address, strides } of streams) {
        // Back to where the inner axes started, and one step on.
        const back = axis + 1 < last ? (sizes[axis + 1] as number) * (strides[axis + 1] as number) : 0;
        const step = (strides[axis] as number) - back;
        if (step === 0) continue;
        code
          .get(address)
          .i32(4 * step)
          .add()
          .set(address);
      }
    },
  };
}

/** Stores the first lanes of a vector at an address that `address` pushes, and nothing behind them. */
export function storeLanes(address: () => Code, offset: number, local: Local, lanes: number): void {
  if (lanes === LANES) {
    address().get(local).storeVector(offset);
    return;
  }
  if (lanes >= 2) address().get(local).storeTwoLanes(offset);
  if (lanes === 2) return;
  address()
    .get(local)
    .storeLane(offset + 4 * (lanes - 1), lanes - 1);
}

/** Stores a number `width` times at an address in a local; `column` is for counting. */
export function fill(code: Code, pointer: Local, offset: number, width: number, start: Local, column: Local): void {
  const whole = Math.floor(width / LANES) * LANES;
  const address = (): Code => code.get(pointer).get(column).add();
  const next = (): void => {
    code
      .get(column)
      .i32(4 * LANES)
      .add()
      .tee(column)
      .i32(4 * whole)
      .op(LESS);
  };
  code.i32(0).set(column);
  if (whole > 0) repeat(code, () => address().get(start).storeVector(offset), next);
  for (let lane = 0; lane < width - whole; lane++) {
    address()
      .get(start)
      .storeLane(offset + 4 * lane);
  }
}
