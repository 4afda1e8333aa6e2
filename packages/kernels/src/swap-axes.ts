/** Sizes of a tensor whose first two axes are to be swapped. */
export type Axes = readonly [first: number, second: number, width: number];

/** Rows shorter than this are copied number by number, which is faster than making a view. */
const SHORT = 16;

/** source [first, second, width] → target [second, first, width]. Rows where `real` [second, first] is 0 become zeros. */
export function swapAxes(
  source: Float32Array,
  target: Float32Array,
  [first, second, width]: Axes,
  real?: Float32Array | undefined,
): void {
  for (let j = 0; j < second; j++) {
    for (let i = 0; i < first; i++) {
      const row = j * first + i;
      copyRow(source, (i * second + j) * width, target, row * width, width, real === undefined || real[row] !== 0);
    }
  }
}

function copyRow(
  source: Float32Array,
  from: number,
  target: Float32Array,
  to: number,
  width: number,
  real: boolean,
): void {
  if (!real) target.fill(0, to, to + width);
  else if (width >= SHORT) target.set(source.subarray(from, from + width), to);
  else for (let k = 0; k < width; k++) target[to + k] = source[from + k] as number;
}

/** A copy of source [first, second, width] as [second, first, width]: in `target`, by default newly allocated. */
export function swapped(
  source: Float32Array,
  axes: Axes,
  target: Float32Array = new Float32Array(source.length),
  real?: Float32Array | undefined,
): Float32Array {
  swapAxes(source, target, axes, real);
  return target;
}

let room = new Float32Array(0);

/** Scratch space for a tensor of a shape, valid until the next call; it grows to the largest request. */
export function scratch(shape: readonly number[]): Float32Array {
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (room.length < size) room = new Float32Array(size);
  return room.subarray(0, size);
}
