/**
 * Moves positions apart along a line so that neighbours are at least `gap` apart and all lie in [from, to]: in the order of
 * their targets, each as close to its target as possible. Returns `undefined` if they do not fit.
 */
export function spread(wanted: readonly number[], gap: number, from: number, to: number): number[] | undefined {
  if ((wanted.length - 1) * gap > to - from) return undefined;
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b);
  const placed = [...wanted];
  let least = from;
  for (const i of order) {
    placed[i] = Math.max(placed[i] as number, least);
    least = (placed[i] as number) + gap;
  }
  let most = to;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] as number, most);
    most = (placed[i] as number) - gap;
  }
  return placed;
}

/** Drops what would overlap what was kept before it; each takes `sizeOf` around its middle, and `gap` is left between. */
export function withoutOverlap<T>(
  items: readonly T[],
  middleOf: (item: T) => number,
  sizeOf: (item: T) => number,
  gap: number,
): T[] {
  let end = Number.NEGATIVE_INFINITY;
  return items.filter((item) => {
    const start = middleOf(item) - sizeOf(item) / 2;
    if (start < end + gap) return false;
    end = start + sizeOf(item);
    return true;
  });
}
