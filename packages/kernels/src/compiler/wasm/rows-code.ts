import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import type { Buffer, Loop, Moment, Place, RowsStep, Section, Store } from '../plan/plan.ts';
import { isFixed, pushAddress, ROWS_PARAMETERS, rowsParameters } from './addresses.ts';
import { type Code, I32, LESS, type Local, makeCode, repeat, simd, V128 } from './code.ts';
import type { FunctionBody } from './encode.ts';
import { elementwise, flushed, madd, negativeMadd, type VectorCode } from './functions.ts';
import { matrixPass, type Reader } from './matrix-pass.ts';

/** Numbers of a vector, and vectors of a pass over columns: V8 can fuse two to one twice as wide. */
const LANES = 4;
const AT_ONCE = 2;

/** What the code of a step depends on beside the step. */
export type RowsContext = {
  readonly section: Section;
  readonly step: RowsStep;
  readonly hasFma: boolean;
  /** How many others are computed from a value. */
  usersOf(of: Node): number;
  /** Whether what is stored there is flushed. */
  isFlushed(buffer: Buffer): boolean;
};

/** The function of a step of rows: row after row, level after level. */
export function rowsFunction({ section, step, hasFma, usersOf, isFlushed }: RowsContext): FunctionBody {
  const { places, storedAt } = section;
  const body = makeCode(ROWS_PARAMETERS);
  const head: (() => void)[] = [];
  const constants = new Map<string, Local>();
  const once = (key: string, push: () => void): Local => {
    const known = constants.get(key);
    if (known !== undefined) return known;
    const local = body.local(V128);
    constants.set(key, local);
    head.push(() => {
      push();
      body.set(local);
    });
    return local;
  };
  const vector: VectorCode = {
    code: body,
    hasFma,
    constant: (value) => once(`f${Object.is(value, -0) ? '-0' : value}`, () => body.float(value)),
    bits: (value) => once(`b${value}`, () => body.bits(value)),
  };
  const column = body.local(I32);

  const pointers = new Map<string, { readonly local: Local; readonly place: Place }>();
  const pointerTo = (place: Place): Local => {
    const key = `${place.buffer.id} ${place.side} ${place.isOut}`;
    let known = pointers.get(key);
    if (known === undefined) {
      known = { local: body.local(I32), place };
      pointers.set(key, known);
    }
    return known.local;
  };

  let now: Moment = { step: step.index, level: 0 };
  /** Where a value is loaded from; undefined: it is computed. */
  const loadedFrom = (of: Node): Place | undefined => {
    const stored = storedAt.get(of);
    if (stored !== undefined && (now.step < stored.step || (now.step === stored.step && now.level < stored.level)))
      return undefined;
    return places.get(of);
  };

  // Values of one number a row, in all lanes.
  const scalars = new Map<Node, Local>();
  const scalar = (of: Node): Local => {
    const known = scalars.get(of);
    if (known !== undefined) return known;
    if (isImmediate(of)) return vector.constant((of.values as Float32Array)[0] as number);
    const place = loadedFrom(of);
    let local: Local;
    if (place !== undefined) {
      if (place.buffer.kind === 'shared') {
        const pointer = pointerTo(place);
        local = once(`shared ${place.buffer.id} ${place.column}`, () => body.get(pointer).loadSplat(4 * place.column));
      } else {
        local = body.local(V128);
        body
          .get(pointerTo(place))
          .loadSplat(4 * place.column)
          .set(local);
      }
    } else if (of.op === 'BroadcastTo') local = scalar(of.inputs[0] as Node);
    else local = elementwise(vector, of, of.inputs.map(scalar));
    scalars.set(of, local);
    return local;
  };

  let readView: Reader | undefined;
  // Values of a pass over columns, each vector of it in a local.
  const value = (of: Node, at: number, memo: Map<Node, Local>): Local => {
    const known = memo.get(of);
    if (known !== undefined) return known;
    if (widthOf(of) === 1 || isImmediate(of)) return scalar(of);
    const place = loadedFrom(of);
    let local: Local;
    if (place !== undefined) {
      local = body.local(V128);
      body
        .get(pointerTo(place))
        .get(column)
        .add()
        .loadVector(4 * (place.column + LANES * at))
        .set(local);
    } else if (of.op === 'BroadcastTo') local = value(of.inputs[0] as Node, at, memo);
    else if (of.op === 'RowView') local = (readView as Reader)(of, at);
    else
      local =
        fused(of, at, memo) ??
        elementwise(
          vector,
          of,
          of.inputs.map((input) => value(input, at, memo)),
        );
    memo.set(of, local);
    return local;
  };
  /** a·b + c and c − a·b of products that nothing else is computed from. */
  const fused = (of: Node, at: number, memo: Map<Node, Local>): Local | undefined => {
    const [a, b] = of.inputs as [Node, Node];
    const isOnly = (x: Node): boolean =>
      x.op === 'Multiply' && widthOf(x) > 1 && usersOf(x) === 1 && !memo.has(x) && loadedFrom(x) === undefined;
    const parts = (x: Node): [Local, Local] => x.inputs.map((input) => value(input, at, memo)) as [Local, Local];
    if (of.op === 'Add' && (isOnly(b) || isOnly(a))) {
      const [product, other] = isOnly(b) ? [b, a] : [a, b];
      const [x, y] = parts(product);
      const c = value(other, at, memo);
      const local = body.local(V128);
      madd(vector, x, y, c).set(local);
      return local;
    }
    if (of.op === 'Sub' && isOnly(b)) {
      const [x, y] = parts(b);
      const c = value(a, at, memo);
      const local = body.local(V128);
      negativeMadd(vector, x, y, c).set(local);
      return local;
    }
    return undefined;
  };
  /** Computes what a pass needs of single numbers before it. */
  const prepare = (of: Node, seen: Set<Node>): void => {
    if (seen.has(of)) return;
    seen.add(of);
    if (widthOf(of) === 1 || isImmediate(of)) scalar(of);
    else if (loadedFrom(of) === undefined) for (const input of of.inputs) prepare(input, seen);
    else pointerTo(loadedFrom(of) as Place);
  };

  const storeScalar = (to: Place, local: Local): void => {
    const kept = isFlushed(to.buffer) ? flushed(vector, local) : local;
    body
      .get(pointerTo(to))
      .get(kept)
      .storeLane(4 * to.column);
  };
  const storeVector = (to: Place, local: Local, at: number, lanes: number): void => {
    const kept = isFlushed(to.buffer) ? flushed(vector, local) : local;
    const offset = 4 * (to.column + LANES * at);
    const address = (): Code => body.get(pointerTo(to)).get(column).add();
    if (lanes === LANES) address().get(kept).storeVector(offset);
    else {
      if (lanes >= 2) address().get(kept).storeTwoLanes(offset);
      if (lanes === 1) address().get(kept).storeLane(offset);
      if (lanes === 3) {
        const third = body.local(V128);
        body
          .get(kept)
          .get(kept)
          .simd(simd.shuffle, ...shuffled([2, 3, 0, 1]))
          .set(third);
        address()
          .get(third)
          .storeLane(offset + 8);
      }
    }
  };

  const within = (lanes: number): Local => {
    const ones = Array.from({ length: LANES }, (_, lane) => (lane < lanes ? -1 : 0));
    return once(`mask ${lanes}`, () => body.lanes(ones));
  };
  /** Joins the lanes of a vector: each is the result then. */
  const acrossLanes = (sum: Local, join: number): void => {
    for (const lanes of [
      [2, 3, 0, 1],
      [1, 0, 3, 2],
    ]) {
      body
        .get(sum)
        .get(sum)
        .get(sum)
        .simd(simd.shuffle, ...shuffled(lanes))
        .simd(join)
        .set(sum);
    }
  };

  const pass = (loop: Loop): void => {
    if (loop.sizes !== undefined) {
      const setScalar = (of: Node, local: Local): void => void scalars.set(of, local);
      const readViews = (reader: Reader | undefined): void => {
        readView = reader;
      };
      const tools = {
        vector,
        column,
        pointerTo,
        scalar,
        value,
        loadedFrom,
        isFlushed,
        within,
        acrossLanes,
        setScalar,
        readViews,
      };
      matrixPass(loop, tools);
      return;
    }
    const { width, stores, reductions, totals } = loop;
    const seen = new Set<Node>();
    for (const { value: of } of [...stores, ...totals]) prepare(of, seen);
    for (const of of reductions) prepare(of.inputs[0] as Node, seen);
    const sums = reductions.map((of) => {
      const start = of.op === 'Max' ? Number.NEGATIVE_INFINITY : 0;
      const locals = Array.from({ length: AT_ONCE }, () => body.local(V128));
      for (const local of locals) body.get(vector.constant(start)).set(local);
      return { of, locals };
    });
    const block = LANES * AT_ONCE;
    const whole = Math.floor(width / block) * block;
    /** The columns from `column` on: `vectors` of them, of the last only some lanes. */
    const columns = (vectors: number, lastLanes: number): void => {
      const memos = Array.from({ length: vectors }, () => new Map<Node, Local>());
      const lanesOf = (at: number): number => (at === vectors - 1 ? lastLanes : LANES);
      const values = (of: Node): Local[] => memos.map((memo, at) => value(of, at, memo));
      /** Whether nothing but padding is behind it. */
      const isPadded = ({ column: from, buffer }: Place): boolean =>
        from + width >= buffer.width && from + Math.ceil(width / LANES) * LANES <= buffer.stride;
      for (const { of, locals } of sums) {
        const join = of.op === 'Max' ? simd.maximum : simd.add;
        values(of.inputs[0] as Node).forEach((local, at) => {
          const sum = locals[at] as Local;
          body.get(sum).get(local);
          if (lanesOf(at) < LANES) mask(of, lanesOf(at));
          body.simd(join).set(sum);
        });
      }
      const store = (to: Place, locals: readonly Local[]): void => {
        for (const [at, local] of locals.entries()) storeVector(to, local, at, isPadded(to) ? LANES : lanesOf(at));
      };
      for (const { value: of, to } of stores) store(to, values(of));
      for (const { value: of, to } of totals) {
        const sum = values(of).map((local, at) => {
          const total = body.local(V128);
          body
            .get(pointerTo(to))
            .get(column)
            .add()
            .loadVector(4 * (to.column + LANES * at))
            .get(local)
            .simd(simd.add)
            .set(total);
          return total;
        });
        store(to, sum);
      }
    };
    /** Pops a vector and pushes it with lanes that are beyond the row left out. */
    const mask = (of: Node, lanes: number): void => {
      const inside = within(lanes);
      if (of.op === 'Max') body.get(vector.constant(Number.NEGATIVE_INFINITY)).get(inside).simd(simd.bitselect);
      else body.get(inside).simd(simd.and);
    };
    body.i32(0).set(column);
    if (whole > 0) {
      const next = (): void => {
        body
          .get(column)
          .i32(4 * block)
          .add()
          .tee(column)
          .i32(4 * whole)
          .op(LESS);
      };
      repeat(body, () => columns(AT_ONCE, LANES), next);
    }
    const rest = width - whole;
    if (rest > 0) {
      const vectors = Math.ceil(rest / LANES);
      columns(vectors, rest - LANES * (vectors - 1));
    }
    for (const { of, locals } of sums) {
      const join = of.op === 'Max' ? simd.maximum : simd.add;
      const [first, ...others] = locals as [Local, ...Local[]];
      for (const other of others) body.get(first).get(other).simd(join).set(first);
      acrossLanes(first, join);
      scalars.set(of, first);
    }
  };

  const addTotal = ({ value: of, to }: Store): void => {
    const total = body.local(V128);
    const local = scalar(of);
    body
      .get(pointerTo(to))
      .loadSplat(4 * to.column)
      .get(local)
      .simd(simd.add)
      .set(total);
    body
      .get(pointerTo(to))
      .get(total)
      .storeLane(4 * to.column);
  };
  const rowStart = (): void => {
    for (const { level, scalars: single, totalsOfScalars, loops } of step.levels) {
      now = { step: step.index, level };
      for (const { value: of, to } of single) storeScalar(to, scalar(of));
      for (const total of totalsOfScalars) addTotal(total);
      for (const loop of loops) pass(loop);
    }
  };

  rowStart();
  const rows = body.bytes.splice(0);
  for (const { local, place } of pointers.values()) {
    pushAddress(body, place);
    body.set(local);
  }
  for (const push of head) push();
  repeat(
    body,
    () => {
      for (const byte of rows) body.bytes.push(byte);
      for (const { local, place } of pointers.values()) {
        if (isFixed(place.buffer, section)) continue;
        body
          .get(local)
          .i32(4 * place.buffer.stride)
          .add()
          .set(local);
      }
    },
    () => body.get(rowsParameters.count).i32(1).subtract().tee(rowsParameters.count),
  );
  return { name: undefined, parameters: ROWS_PARAMETERS, locals: body.locals, code: body.bytes };
}

const shuffled = (lanes: readonly number[]): number[] =>
  lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
