// Elementwise operations of optimizers, on arrays of any length. Never in place.
import { flush, madd } from './vectors';
import { load, store } from './lanes';

/** Σ x² in double precision: exact to float32 for any length, and without overflow. */
export function sumOfSquares(count: i32, x: usize): f64 {
  const end = x + (<usize>count << 2);
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  let c = f64x2.splat(0);
  let d = f64x2.splat(0);
  for (; x + 32 <= end; x += 32) {
    const x0 = f64x2.promote_low_f32x4(v128.load64_zero(x));
    const x1 = f64x2.promote_low_f32x4(v128.load64_zero(x, 8));
    const x2 = f64x2.promote_low_f32x4(v128.load64_zero(x, 16));
    const x3 = f64x2.promote_low_f32x4(v128.load64_zero(x, 24));
    a = f64x2.add(a, f64x2.mul(x0, x0));
    b = f64x2.add(b, f64x2.mul(x1, x1));
    c = f64x2.add(c, f64x2.mul(x2, x2));
    d = f64x2.add(d, f64x2.mul(x3, x3));
  }
  const sums = f64x2.add(f64x2.add(a, b), f64x2.add(c, d));
  let sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
  for (; x < end; x += 4) {
    const value = <f64>f32.load(x);
    sum += value * value;
  }
  return sum;
}

/** y = factor·x */
export function scale(count: i32, x: usize, factor: f32, y: usize): void {
  const vectors = <usize>(count & ~3) << 2;
  const by = f32x4.splat(factor);
  let at: usize = 0;
  for (; at < vectors; at += 16) v128.store(y + at, f32x4.mul(v128.load(x + at), by));
  for (; at < <usize>count << 2; at += 4) f32.store(y + at, f32.load(x + at) * factor);
}

/** z = x + factor·y */
export function addScaled(count: i32, x: usize, y: usize, factor: f32, z: usize): void {
  const vectors = <usize>(count & ~3) << 2;
  addScaledFrom(16, 0, vectors, x, y, factor, z);
  addScaledFrom(4, vectors, <usize>count << 2, x, y, factor, z);
}

// @ts-ignore: decorator
@inline
function addScaledFrom(size: usize, from: usize, to: usize, x: usize, y: usize, factor: f32, z: usize): void {
  const by = f32x4.splat(factor);
  for (let at = from; at < to; at += size) {
    store(z + at, f32x4.add(load(x + at, size), f32x4.mul(load(y + at, size), by)), size);
  }
}

/**
 * Adam, with m = mean and v = meanSquare. `largest` and its result are 0 without amsgrad; `parameter` is 0 without
 * decay:
 *
 *   m' = β₁·m + g   v' = β₂·v + g²   update = rate·m' / (√v' + ε) − decay·parameter
 *
 * m below 1e-30 and v (and g² in it) below `least` become 0: subnormals make every operation tens of times slower.
 */
export function adam(
  count: i32, gradient: usize, mean: usize, meanSquare: usize, largest: usize, parameter: usize,
  newMean: usize, newMeanSquare: usize, newLargest: usize, update: usize,
  beta1: f32, beta2: f32, epsilon: f32, rate: f32, decay: f32, least: f32,
): void {
  const vectors = <usize>(count & ~3) << 2;
  adamFrom(
    16, 0, vectors, gradient, mean, meanSquare, largest, parameter, newMean, newMeanSquare, newLargest, update,
    beta1, beta2, epsilon, rate, decay, least,
  );
  adamFrom(
    4, vectors, <usize>count << 2, gradient, mean, meanSquare, largest, parameter, newMean, newMeanSquare, newLargest, update,
    beta1, beta2, epsilon, rate, decay, least,
  );
}

/** The bytes `from` to `to` of every array, in steps of one vector or one number: a constant where this is inlined. */
// @ts-ignore: decorator
@inline
function adamFrom(
  size: usize, from: usize, to: usize,
  gradient: usize, mean: usize, meanSquare: usize, largest: usize, parameter: usize,
  newMean: usize, newMeanSquare: usize, newLargest: usize, update: usize,
  beta1: f32, beta2: f32, epsilon: f32, rate: f32, decay: f32, least: f32,
): void {
  const ofMean = f32x4.splat(beta1);
  const ofMeanSquare = f32x4.splat(beta2);
  const more = f32x4.splat(epsilon);
  const factor = f32x4.splat(rate);
  const taken = f32x4.splat(-decay);
  const leastSquare = f32x4.splat(least);
  const leastRoot = f32x4.splat(sqrt(least));
  for (let at = from; at < to; at += size) {
    const g = load(gradient + at, size);
    const m = flush(madd(load(mean + at, size), ofMean, g));
    const root = v128.andnot(g, f32x4.lt(f32x4.abs(g), leastRoot));
    const square = madd(root, root, f32x4.mul(load(meanSquare + at, size), ofMeanSquare));
    let v = v128.andnot(square, f32x4.lt(square, leastSquare));
    store(newMean + at, m, size);
    store(newMeanSquare + at, v, size);
    if (largest) {
      v = f32x4.max(load(largest + at, size), v);
      store(newLargest + at, v, size);
    }
    let u = f32x4.mul(f32x4.div(m, f32x4.add(f32x4.sqrt(v), more)), factor);
    if (parameter) u = madd(load(parameter + at, size), taken, u);
    store(update + at, u, size);
  }
}
