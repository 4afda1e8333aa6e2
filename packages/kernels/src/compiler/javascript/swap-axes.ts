/** Rows shorter than this are copied number by number, which is faster than making a view. */
const SHORT = 16;

/** source [first, second, width] → target [second, first, width]. */
export function swapAxes(
  source: Float32Array,
  target: Float32Array,
  [first, second, width]: readonly [first: number, second: number, width: number],
): void {
  for (let j = 0; j < second; j++) {
    for (let i = 0; i < first; i++) {
      const [from, to] = [(i * second + j) * width, (j * first + i) * width];
      if (width >= SHORT) target.set(source.subarray(from, from + width), to);
      else for (let k = 0; k < width; k++) target[to + k] = source[from + k] as number;
    }
  }
}
