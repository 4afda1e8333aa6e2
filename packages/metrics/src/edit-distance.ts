import { symbolsOf, trimmed } from './symbols.ts';

/**
 * The least number of insertions, deletions and substitutions that turn one sequence into the other: texts, by code points, or arrays
 * of values compared by `===`.
 *
 *   d(i, j) = min(d(i−1, j) + 1, d(i, j−1) + 1, d(i−1, j−1) + [aᵢ ≠ bⱼ])
 *
 * Symmetric. Time O(|a| · |b| / 32), memory O(|a| + |b|).
 * @see Levenshtein 1966; Myers 1999 and Hyyrö 2003 for 32 rows at a time
 */
export function editDistance<T>(a: ArrayLike<T> | string, b: ArrayLike<T> | string): number {
  const rest = trimmed(...symbolsOf(a, b));
  const [rows, columns] = rest.a.length <= rest.b.length ? [rest.a, rest.b] : [rest.b, rest.a];
  if (rows.length === 0) return columns.length;
  let differences: Int8Array = new Int8Array(columns.length).fill(1);
  for (let from = 0; from < rows.length; from += 32) {
    differences = nextBlock(rows.subarray(from, from + 32), columns, differences);
  }
  return differences.reduce((sum, difference) => sum + difference, rows.length);
}

/**
 * Up to 32 rows of the table, column after column: d(last row, j) − d(last row, j−1) for all j, from those differences in the row
 * above. Bit i of `up` (`down`) is set where row i of the column is one more (less) than the row above it.
 */
function nextBlock(rows: Int32Array, columns: Int32Array, above: Int8Array): Int8Array<ArrayBuffer> {
  const places = new Map<number, number>();
  for (const [i, symbol] of rows.entries()) places.set(symbol, (places.get(symbol) ?? 0) | (1 << i));
  const last = 1 << (rows.length - 1);
  const below = new Int8Array(columns.length);
  let up = -1;
  let down = 0;
  for (let j = 0; j < columns.length; j++) {
    const carried = above[j] as number;
    const equal = places.get(columns[j] as number) ?? 0;
    const vertical = equal | down;
    const reached = equal | (carried < 0 ? 1 : 0);
    const horizontal = (((reached & up) + up) ^ up) | reached;
    let right = down | ~(horizontal | up);
    let left = up & horizontal;
    below[j] = (right & last) !== 0 ? 1 : (left & last) !== 0 ? -1 : 0;
    right = (right << 1) | (carried > 0 ? 1 : 0);
    left = (left << 1) | (carried < 0 ? 1 : 0);
    up = left | ~(vertical | right);
    down = right & vertical;
  }
  return below;
}
