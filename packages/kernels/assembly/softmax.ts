// The cross-entropy of a softmax over rows, and its gradient.
import { exp, flush, store2 } from './activations';

/** Vectors of a row that are summed before their sum is added to the others. */
const BLOCK: usize = 64 * 16;

/**
 * For the rows `from` to `to` of logits z [rows, columns]: the highest, Σ exp(z − highest), and weight·(log Σ exp z − (1 − ε)·z_id −
 * ε·mean z), each at its row. Weights are `weightStep` bytes apart. A row whose weight is 0 is not looked at and costs 0; `ids` are
 * int32.
 */
export function softmaxLoss(
  part: i32, from: i32, to: i32, columns: i32, logits: usize, ids: usize, weights: usize, weightStep: usize, smoothing: f32,
  highest: usize, sums: usize, losses: usize,
): void {
  for (let row = from; row < to; row++) {
    const at = <usize>row << 2;
    const weight = f32.load(weights + <usize>row * weightStep);
    if (weight == 0) {
      f32.store(highest + at, 0);
      f32.store(sums + at, 1);
      f32.store(losses + at, 0);
      continue;
    }
    const z = logits + <usize>row * (<usize>columns << 2);
    const most = maximum(z, columns);
    const sum = sumOfExps(z, columns, most);
    const id = i32.load(ids + at);
    let chosen = id >= 0 && id < columns ? f32.load(z + (<usize>id << 2)) - most : 0;
    if (smoothing != 0) chosen = (1 - smoothing) * chosen + smoothing * meanAbove(z, columns, most);
    f32.store(highest + at, most);
    f32.store(sums + at, sum);
    f32.store(losses + at, weight * <f32>(log(<f64>sum) - <f64>chosen));
  }
}

/** Their gradient, for that by the sum of all losses at `dLoss`: (softmax(z) − (1 − ε)·onehot(id) − ε / columns)·weight·dLoss. */
export function softmaxGradient(
  part: i32, from: i32, to: i32, columns: i32, logits: usize, ids: usize, weights: usize, weightStep: usize, smoothing: f32,
  highest: usize, sums: usize, dLoss: usize, gradient: usize,
): void {
  const step = <usize>columns << 2;
  for (let row = from; row < to; row++) {
    const at = <usize>row << 2;
    const weight = f32.load(weights + <usize>row * weightStep);
    const dz = gradient + <usize>row * step;
    if (weight == 0) {
      memory.fill(dz, 0, step);
      continue;
    }
    const scale = weight * f32.load(dLoss);
    scaledExps(logits + <usize>row * step, dz, columns, f32.load(highest + at), scale / f32.load(sums + at), (smoothing * scale) / <f32>columns);
    const id = i32.load(ids + at);
    if (id >= 0 && id < columns) {
      const place = dz + (<usize>id << 2);
      f32.store(place, f32.load(place) - (1 - smoothing) * scale);
    }
  }
}

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

function sumOfExps(z: usize, columns: i32, most: f32): f32 {
  const end = z + (<usize>columns << 2);
  const vectors = z + (<usize>(columns & ~3) << 2);
  const highest = f32x4.splat(most);
  let total = f32x4.splat(0);
  while (z < vectors) {
    let sum = f32x4.splat(0);
    const stop = min(vectors, z + BLOCK);
    for (; z < stop; z += 16) sum = f32x4.add(sum, exp(f32x4.sub(v128.load(z), highest)));
    total = f32x4.add(total, sum);
  }
  let sum = across(total);
  for (; z < end; z += 4) sum += f32x4.extract_lane(exp(f32x4.sub(v128.load32_splat(z), highest)), 0);
  return sum;
}

/** The mean of z − most. */
function meanAbove(z: usize, columns: i32, most: f32): f32 {
  let sum: f64 = 0;
  for (let i = 0; i < columns; i++) sum += <f64>(f32.load(z + (<usize>i << 2)) - most);
  return <f32>(sum / <f64>columns);
}

/** scale·exp(z − most) − less. */
function scaledExps(z: usize, to: usize, columns: i32, most: f32, scale: f32, less: f32): void {
  const end = z + (<usize>columns << 2);
  const vectors = z + (<usize>(columns & ~3) << 2);
  const highest = f32x4.splat(most);
  const scales = f32x4.splat(scale);
  const lesses = f32x4.splat(less);
  const twos = z + (<usize>(columns & ~7) << 2);
  for (; z < twos; z += 32) {
    const low = f32x4.sub(f32x4.mul(exp(f32x4.sub(v128.load(z), highest)), scales), lesses);
    const high = f32x4.sub(f32x4.mul(exp(f32x4.sub(v128.load(z, 16), highest)), scales), lesses);
    store2(to, flush(low), flush(high));
    to += 32;
  }
  for (; z < vectors; z += 16) {
    v128.store(to, flush(f32x4.sub(f32x4.mul(exp(f32x4.sub(v128.load(z), highest)), scales), lesses)));
    to += 16;
  }
  for (; z < end; z += 4) {
    const e = f32x4.extract_lane(exp(f32x4.sub(v128.load32_splat(z), highest)), 0);
    f32.store(to, e * scale - less);
    to += 4;
  }
}

// @ts-ignore: decorator
@inline
function across(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** ln x for x from 1: n·ln 2 + 2·artanh s, s = (m − 1) / (m + 1), |s| < 0.172, to 1e-12. NaN and ∞ pass through. */
function log(x: f64): f64 {
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
