// The highest numbers of rows, and their log-sum-exp.
import { expsAbove, log, sumOfRow } from './softmax';

/** Columns whose exponentials are summed at a time, in float32: the size of `room` for each part, in numbers. */
export const HIGHEST_ROOM: i32 = 1024;

/**
 * Of the rows `from` to `to` of z [rows, columns], `step` bytes apart: the `count` highest numbers, 1 to `columns`, ties: those of
 * lower columns, in descending order to `values` and their columns, int32, to `places`, both [rows, count]; and log Σ exp z, float64, to
 * `normalizers`. That is NaN where a number is NaN or ∞, or all are −∞; of the results only the first value is then defined, ∞ or −∞.
 */
export function highest(
  part: i32, from: i32, to: i32, columns: i32, step: usize, z: usize, count: i32, values: usize, places: usize,
  normalizers: usize, room: usize,
): void {
  const own = room + <usize>(part * HIGHEST_ROOM << 2);
  for (let row = from; row < to; row++) {
    const first = z + <usize>row * step;
    const skip = <usize>(row * count) << 2;
    choose(first, columns, count, values + skip, places + skip);
    const most = f32.load(values + skip);
    f64.store(normalizers + (<usize>row << 3), <f64>most + log(sumOfExps(first, columns, most, own)));
  }
}

/** Skips numbers below the least of the chosen ones, sixteen at a time. */
function choose(z: usize, columns: i32, count: i32, values: usize, places: usize): void {
  for (let i = 0; i < count; i++) insert(f32.load(z + (<usize>i << 2)), i, i, values, places);
  const last = values + (<usize>(count - 1) << 2);
  let i = count;
  for (; i + 16 <= columns; i += 16) {
    const at = z + (<usize>i << 2);
    const low = f32x4.pmax(v128.load(at), v128.load(at, 16));
    const high = f32x4.pmax(v128.load(at, 32), v128.load(at, 48));
    if (v128.any_true(f32x4.gt(f32x4.pmax(low, high), v128.load32_splat(last)))) consider(z, i, i + 16, count, values, places);
  }
  consider(z, i, columns, count, values, places);
}

function consider(z: usize, from: i32, to: i32, count: i32, values: usize, places: usize): void {
  const last = values + (<usize>(count - 1) << 2);
  for (let i = from; i < to; i++) {
    const x = f32.load(z + (<usize>i << 2));
    if (x > f32.load(last)) insert(x, i, count - 1, values, places);
  }
}

/** Inserts a number into the sorted `chosen`, after its equals. */
function insert(x: f32, column: i32, chosen: i32, values: usize, places: usize): void {
  let at = <usize>chosen << 2;
  while (at > 0 && f32.load(values + at - 4) < x) {
    f32.store(values + at, f32.load(values + at - 4));
    i32.store(places + at, i32.load(places + at - 4));
    at -= 4;
  }
  f32.store(values + at, x);
  i32.store(places + at, column);
}

/** Σ exp(z − most) */
function sumOfExps(z: usize, columns: i32, most: f32, room: usize): f64 {
  let total: f64 = 0;
  for (let i = 0; i < columns; i += HIGHEST_ROOM) {
    const size = min(HIGHEST_ROOM, columns - i);
    expsAbove(z + (<usize>i << 2), room, size, most);
    total += <f64>sumOfRow(room, size);
  }
  return total;
}
