import type { Values } from './transpose.ts';

/**
 * Adds each row of `x` to the row of `out` with its id; ids out of range are skipped. `out` is initially
 * zero, [segments, width], and x is [ids, width].
 */
export function sumSegments(x: Values, ids: Values, out: Values, segments: number): void {
  const width = ids.length === 0 ? 0 : x.length / ids.length;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    if (id < 0 || id >= segments) continue;
    const [from, to] = [i * width, id * width];
    for (let k = 0; k < width; k++) out[to + k] = (out[to + k] as number) + (x[from + k] as number);
  }
}
