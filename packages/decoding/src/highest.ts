/** The highest number of a row. (No `Math.max(...row)`: a row can be long.) */
export function maximum(row: Float32Array): number {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of row) if (value > highest) highest = value;
  return highest;
}

/** Leaves the `count` highest logits, of equals those at lower indices; −∞ elsewhere. */
export function keepHighest(logits: Float32Array, count: number): Float32Array {
  if (count >= logits.length) return logits.slice();
  const threshold = logits.toSorted()[logits.length - count] as number;
  let equals = count;
  for (const z of logits) if (z > threshold) equals--;
  return logits.map((z) => {
    if (z > threshold) return z;
    return z === threshold && equals-- > 0 ? z : Number.NEGATIVE_INFINITY;
  });
}

/** How many tokens, most likely first, have probabilities that sum to p or more. */
export function nucleusSize(logits: Float32Array, p: number): number {
  const ascending = logits.toSorted();
  const highest = ascending[ascending.length - 1] as number;
  let total = 0;
  for (const z of ascending) total += Math.exp(z - highest);
  let sum = 0;
  let count = 0;
  while (count < ascending.length && sum < p * total) {
    count++;
    sum += Math.exp((ascending[ascending.length - count] as number) - highest);
  }
  return count;
}
