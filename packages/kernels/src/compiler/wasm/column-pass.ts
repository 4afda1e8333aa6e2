import type { Node } from '../graph.ts';
import { isImmediate, widthOf } from '../ops.ts';
import type { Loop, Place } from '../plan/plan.ts';
import { LESS, type Local, repeat, simd } from './code.ts';
import { apply, type Vectors } from './functions.ts';
import { makeReduction } from './reduction.ts';
import { type Columns, LANES, type RowValues } from './row-values.ts';
import { storeLanes } from './strided.ts';

/** Vectors of a turn of the loop over columns: V8 can fuse two to one twice as wide. */
export const AT_ONCE = 2;
/** Ops of so many instructions, each of the last one's result, that vectors with them are computed side by side. */
const LONG: ReadonlySet<string> = new Set(['Exp', 'Log', 'Sigmoid', 'Tanh']);
/** Vectors of a turn with such ops. */
const AT_ONCE_LONG = 4;

/** A pass over the columns of a row, some vectors at once. */
export function columnPass({ width, stores, reductions, totals }: Loop, values: RowValues): void {
  const { vector, column, pointerTo } = values;
  const { code } = vector;
  const seen = new Set<Node>();
  let isLong = false;
  /** Computes what is one number a row, and where others are, before the pass. */
  const prepare = (of: Node): void => {
    if (seen.has(of)) return;
    seen.add(of);
    const place = values.loadedFrom(of);
    if (widthOf(of) === 1 || isImmediate(of)) values.scalar(of);
    else if (place === undefined) {
      if (LONG.has(of.op)) isLong = true;
      of.inputs.forEach(prepare);
    } else pointerTo(place);
  };
  for (const { value } of [...stores, ...totals]) prepare(value);
  for (const { inputs } of reductions) prepare(inputs[0] as Node);
  const atOnce = isLong ? AT_ONCE_LONG : AT_ONCE;
  const reduced = reductions.map((of) => ({
    of,
    from: of.inputs[0] as Node,
    reduction: makeReduction(of, atOnce, values),
  }));
  for (const { reduction } of reduced) reduction.begin();

  /** The columns from `column` on: so many vectors, of the last only some lanes. */
  const columns = (count: number, lastLanes: number): void => {
    const groups: Columns[] = isLong
      ? [{ first: 0, count, known: new Map() }]
      : Array.from({ length: count }, (_, first) => ({ first, count: 1, known: new Map() }));
    const lanesOf = ({ first, count: own }: Columns): number => (first + own < count ? LANES : lastLanes);
    const store = (to: Place, vectors: Vectors, group: Columns): void => {
      // Behind a row's last number there may be padding, which may be written.
      const { buffer, column: from } = to;
      const isPadded = from + width >= buffer.width && from + Math.ceil(width / LANES) * LANES <= buffer.stride;
      for (const [at, local] of values.kept(buffer, vectors).entries()) {
        const lanes = at < group.count - 1 || isPadded ? LANES : lanesOf(group);
        const offset = 4 * (from + LANES * (group.first + at));
        storeLanes(() => code.get(pointerTo(to)).get(column).add(), offset, local, lanes);
      }
    };
    const valuesOf = (of: Node, group: Columns): Vectors => {
      const vectors = values.valuesOf(of, group);
      return vectors.length === group.count ? vectors : Array.from({ length: group.count }, () => vectors[0] as Local);
    };
    for (const { from, reduction } of reduced) {
      for (const group of groups) reduction.take(valuesOf(from, group), group.first, lanesOf(group));
    }
    for (const { value, to } of stores) {
      const computed = groups.map((group) => valuesOf(value, group));
      for (const [i, group] of groups.entries()) store(to, computed[i] as Vectors, group);
    }
    for (const { value, to } of totals) {
      for (const group of groups)
        store(to, apply(vector, simd.add, values.load(to, group), valuesOf(value, group)), group);
    }
  };
  const block = LANES * atOnce;
  const whole = Math.floor(width / block) * block;
  code.i32(0).set(column);
  if (whole > 0) {
    const next = (): void => {
      code
        .get(column)
        .i32(4 * block)
        .add()
        .tee(column)
        .i32(4 * whole)
        .op(LESS);
    };
    repeat(code, () => columns(atOnce, LANES), next);
  }
  const rest = width - whole;
  if (rest > 0) {
    const count = Math.ceil(rest / LANES);
    columns(count, rest - LANES * (count - 1));
  }
  for (const { of, reduction } of reduced) values.setScalar(of, reduction.end());
}
