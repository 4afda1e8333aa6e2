/** What is taken from a count of 1, of 2, and of 3 or more. */
export type Discounts = readonly [number, number, number];

/** For texts that are too small for an estimate. */
const FALLBACK: Discounts = [0.5, 1, 1.5];

/**
 * Discounts for each length of n-grams from their counts: see `kneserNey`.
 *
 * @param counts of each node, 0 for those that have none
 * @param depths the length of each node
 */
export function estimateDiscounts(
  counts: Int32Array,
  depths: Uint8Array,
  order: number,
  kind: 'modified' | 'single',
): Discounts[] {
  const ofCounts = Array.from({ length: order }, () => [0, 0, 0, 0, 0]);
  for (let node = 1; node < counts.length; node++) {
    const count = counts[node] as number;
    if (count > 4) continue;
    const n = ofCounts[(depths[node] as number) - 1] as number[];
    n[count] = (n[count] as number) + 1;
  }
  return ofCounts.map((n) => (kind === 'single' ? single(n) : modified(n)));
}

function single([, n1 = 0, n2 = 0]: readonly number[]): Discounts {
  const discount = n1 === 0 || n2 === 0 ? FALLBACK[0] : n1 / (n1 + 2 * n2);
  return [discount, discount, discount];
}

function modified([, n1 = 0, n2 = 0, n3 = 0, n4 = 0]: readonly number[]): Discounts {
  const y = n1 / (n1 + 2 * n2);
  const estimates: Discounts = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3];
  // NaN, where a divisor is 0, is not between them either.
  return n3 > 0 && estimates.every((discount, i) => discount > 0 && discount <= i + 1) ? estimates : FALLBACK;
}
