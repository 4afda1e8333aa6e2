// The cross-entropy of a softmax over rows, and its gradient.
import { exp, flush, store2 } from './vectors';

/** Vectors of a row that are summed before their sum is added to the others. */
const BLOCK: usize = 64 * 16;

/**
 * For the rows `from` to `to` of logits z [rows, columns]: weight·(log Σ exp z − (1 − ε)·z_id − ε·mean z) to `losses`, and, where
 * `gradient` is not 0, its gradient weight·(softmax(z) − (1 − ε)·onehot(id) − ε / columns) there. Weights are `weightStep` bytes apart. A
 * row whose weight is 0 is not read and its loss is 0; `ids` are int32; `room` holds one row.
 */
export function softmaxCrossEntropy(
  part: i32, from: i32, to: i32, columns: i32, logits: usize, ids: usize, weights: usize, weightStep: usize, smoothing: f32,
  losses: usize, gradient: usize, room: usize,
): void {
  const step = <usize>columns << 2;
  for (let row = from; row < to; row++) {
    const at = <usize>row << 2;
    const weight = f32.load(weights + <usize>row * weightStep);
    const exps = gradient ? gradient + <usize>row * step : room;
    if (weight == 0) {
      f32.store(losses + at, 0);
      memory.fill(exps, 0, step);
      continue;
    }
    const z = logits + <usize>row * step;
    const most = maximum(z, columns);
    expsAbove(z, exps, columns, most);
    const total = sumOfRow(exps, columns);
    const id = i32.load(ids + at);
    const isColumn = id >= 0 && id < columns;
    let chosen: f32 = isColumn ? f32.load(z + (<usize>id << 2)) - most : 0;
    if (smoothing != 0) chosen = (1 - smoothing) * chosen + smoothing * meanAbove(z, columns, most);
    f32.store(losses + at, weight * <f32>(log(<f64>total) - <f64>chosen));
    if (gradient) {
      scaleRow(exps, columns, weight / total, (smoothing * weight) / <f32>columns);
      const place = exps + (<usize>id << 2);
      if (isColumn) f32.store(place, f32.load(place) - (1 - smoothing) * weight);
    }
  }
}

/** The largest number. */
function maximum(z: usize, columns: i32): f32 {
  const end = z + (<usize>columns << 2);
  let most = f32x4.splat(-Infinity);
  for (; z + 16 <= end; z += 16) most = f32x4.max(most, v128.load(z));
  for (; z < end; z += 4) most = f32x4.max(most, v128.load32_splat(z));
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** exp(z − most) */
export function expsAbove(z: usize, to: usize, columns: i32, most: f32): void {
  const end = z + (<usize>columns << 2);
  const twos = z + (<usize>(columns & ~7) << 2);
  const highest = f32x4.splat(most);
  for (; z < twos; z += 32) {
    const low = exp(f32x4.sub(v128.load(z), highest));
    const high = exp(f32x4.sub(v128.load(z, 16), highest));
    store2(to, low, high);
    to += 32;
  }
  for (; z < end; z += 4) {
    v128.store_lane<f32>(to, exp(f32x4.sub(v128.load32_splat(z), highest)), 0);
    to += 4;
  }
}

/** Σ x, in blocks. */
export function sumOfRow(x: usize, columns: i32): f32 {
  const end = x + (<usize>columns << 2);
  const vectors = x + (<usize>(columns & ~3) << 2);
  let total = f32x4.splat(0);
  while (x < vectors) {
    let sum = f32x4.splat(0);
    const stop = min(vectors, x + BLOCK);
    for (; x < stop; x += 16) sum = f32x4.add(sum, v128.load(x));
    total = f32x4.add(total, sum);
  }
  let sum = across(total);
  for (; x < end; x += 4) sum += f32.load(x);
  return sum;
}

/** The mean of z − most. */
function meanAbove(z: usize, columns: i32, most: f32): f32 {
  let sum: f64 = 0;
  for (let i = 0; i < columns; i++) sum += <f64>(f32.load(z + (<usize>i << 2)) - most);
  return <f32>(sum / <f64>columns);
}

/** scale·x − less, in place, flushed to 0 if tiny. */
function scaleRow(x: usize, columns: i32, scale: f32, less: f32): void {
  const end = x + (<usize>columns << 2);
  const twos = x + (<usize>(columns & ~7) << 2);
  const scales = f32x4.splat(scale);
  const lesses = f32x4.splat(less);
  for (; x < twos; x += 32) {
    const low = f32x4.sub(f32x4.mul(v128.load(x), scales), lesses);
    const high = f32x4.sub(f32x4.mul(v128.load(x, 16), scales), lesses);
    store2(x, flush(low), flush(high));
  }
  for (; x < end; x += 4) {
    v128.store_lane<f32>(x, flush(f32x4.sub(f32x4.mul(v128.load32_splat(x), scales), lesses)), 0);
  }
}

// @ts-ignore: decorator
@inline
function across(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** ln x for x from 1: n·ln 2 + 2·artanh s, s = (m − 1) / (m + 1), |s| < 0.172, to 1e-12. NaN and ∞ pass through. */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x) - 0x3fe6a09e667f3bcd; // √½
  const n = bits >> 52;
  const m = reinterpret<f64>(reinterpret<i64>(x) - (n << 52));
  const s = (m - 1) / (m + 1);
  const q = s * s;
  const series = 1 + q * (1 / 3.0 + q * (1 / 5.0 + q * (1 / 7.0 + q * (1 / 9.0 + q * (1 / 11.0 + q / 13.0)))));
  return <f64>n * 0.6931471805599453 + 2 * s * series;
}

/** The sum of `count` numbers. */
export function sum(address: usize, count: i32): f64 {
  let total: f64 = 0;
  const end = address + (<usize>count << 2);
  for (; address < end; address += 4) total += <f64>f32.load(address);
  return total;
}
