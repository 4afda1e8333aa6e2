import type { BatchAxis, Values } from '../graph.ts';
import { type Found, Mixed, type Rows } from './batch-axis.ts';

const sameNumbers = (a: Values, b: Values): boolean => a.length === b.length && a.every((x, i) => Object.is(x, b[i]));

/** A constant of two traces; `found` says where its batch is. @throws {Mixed} unless it is the same in both and for all rows. */
export function placeConstant(
  [few, many]: readonly [Values, Values],
  shape: readonly number[],
  found: Found | undefined,
  rows: Rows,
): BatchAxis | undefined {
  if (found === undefined) {
    if (sameNumbers(few, many)) return undefined;
    throw new Mixed(
      'a constant of the step depends on the batch size, or is random; noise comes from rng.tensor(shape, draw)',
    );
  }
  const { axis, count } = found;
  const inner = shape.slice(axis + 1).reduce((all, size) => all * size, 1);
  const [fewOfRow, manyOfRow] = [
    { after: count, before: 1 },
    { after: 1, before: count },
  ].map(({ before, after }) => {
    const [a, b] = [ofOneRow(few, after * inner, rows[0]), ofOneRow(many, after * inner, rows[1])];
    return a !== undefined && b !== undefined && sameNumbers(a, b) ? { axis, before, after } : undefined;
  });
  const placed = fewOfRow ?? manyOfRow;
  if (placed !== undefined) return placed;
  throw new Mixed('a constant of the step differs from row to row (range(0, batch), say); rows must be independent');
}

/** The numbers of one row, of values […, rows, inner], if all rows are equal. */
function ofOneRow(values: Values, inner: number, rows: number): Values | undefined {
  const block = rows * inner;
  const row = values.filter((_, i) => i % block < inner) as Values;
  const isEqual = values.every((x, i) => Object.is(x, row[Math.floor(i / block) * inner + (i % inner)]));
  return isEqual ? row : undefined;
}
