import type { BatchAxis, Values } from '../graph.ts';
import { type Found, Mixed, type Rows } from './batch-axis.ts';

/** A constant of two traces; `found` says where its batch is. @throws {Mixed} unless it is the same in both and for all rows. */
export function placeConstant(
  [few, many]: readonly [Values, Values],
  shape: readonly number[],
  found: Found | undefined,
  rows: Rows,
): BatchAxis | undefined {
  if (found === undefined) {
    if (isSame(few, many)) return undefined;
    throw new Mixed('a constant depends on the batch size, or is random; noise comes from rng.tensor(shape, draw)');
  }
  const { axis, count } = found;
  if (isUniform(few) && isUniform(many) && Object.is(few[0], many[0])) return { axis, before: 1, after: count };
  const inner = shape.slice(axis + 1).reduce((all, size) => all * size, 1);
  for (const [before, after] of [
    [1, count],
    [count, 1],
  ] as const) {
    const [a, b] = [rowOf(few, after * inner, rows[0]), rowOf(many, after * inner, rows[1])];
    if (a !== undefined && b !== undefined && isSame(a, b)) return { axis, before, after };
  }
  throw new Mixed('a constant differs from row to row (range(0, batch), say); rows must be independent');
}

function isSame(a: Values, b: Values): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return a.length === b.length;
}

function isUniform(values: Values): boolean {
  const [first] = values;
  for (let i = 1; i < values.length; i++) if (!Object.is(values[i], first)) return false;
  return true;
}

/** The numbers of one row, of values […, rows, inner], if all rows are equal. */
function rowOf(values: Values, inner: number, rows: number): Values | undefined {
  const blocks = values.length / (rows * inner);
  const row = values.slice(0, blocks * inner);
  for (let block = 0; block < blocks; block++) {
    const start = block * rows * inner;
    row.set(values.subarray(start, start + inner), block * inner);
    for (let i = inner; i < rows * inner; i++) {
      if (!Object.is(values[start + i], values[start + (i % inner)])) return undefined;
    }
  }
  return row;
}
