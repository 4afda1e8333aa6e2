/**
 * Numbers that every contender makes by the same formula, in any language: uniform on [−scale, scale), a hash of the path (FNV-1a) and
 * the index. Where the path ends with `gain`, 1/2 is added: with gains of 1 the gradients of the layer-norm LSTM grow with the
 * frames, and the rounding of float32 with them, to 3·10⁻³ after 200.
 */
export function sharedValues(path: string, count: number, scale: number): Float32Array {
  let seed = 2166136261;
  for (const byte of new TextEncoder().encode(path)) seed = Math.imul(seed ^ byte, 16777619);
  const centre = /gain$/i.test(path) ? 0.5 : 0;
  return Float32Array.from({ length: count }, (_, i) => centre + scale * (hash(seed + i) / 2 ** 31 - 1));
}

/** Mixes the bits of a 32-bit number (Wellons 2018, "Prospecting for hash functions", lowbias32). */
function hash(x: number): number {
  let mixed = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x846ca68b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
