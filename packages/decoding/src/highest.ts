/** The highest number of a row. (No `Math.max(...row)`: a row can be long.) */
export function maximum(row: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of row) if (value > highest) highest = value;
  return highest;
}

/** Up to this many of the highest are found in one pass over a row; for more it is sorted. */
const FEW = 64;

/** Keeps the `count` highest logits, ties: lower indices; −∞ elsewhere. */
export function keepHighest(logits: Float32Array, count: number): Float32Array {
  if (count >= logits.length) return logits.slice();
  const threshold = count <= FEW ? leastOfHighest(logits, count) : (logits.toSorted()[logits.length - count] as number);
  let equals = count;
  for (const z of logits) if (z > threshold) equals--;
  return logits.map((z) => {
    if (z > threshold) return z;
    return z === threshold && equals-- > 0 ? z : Number.NEGATIVE_INFINITY;
  });
}

/** The least of the `count` highest numbers. */
function leastOfHighest(row: Float32Array, count: number): number {
  if (count === 1) return maximum(row);
  const chosen = row.slice(0, count).sort();
  let least = chosen[0] as number;
  for (let i = count; i < row.length; i++) {
    const value = row[i] as number;
    if (!(value > least)) continue;
    let at = 0;
    for (; at + 1 < count && (chosen[at + 1] as number) < value; at++) chosen[at] = chosen[at + 1] as number;
    chosen[at] = value;
    least = chosen[0] as number;
  }
  return least;
}
