// What an optimizer does with every number of the parameters, in one pass.

/** The smallest normal number: smaller ones would make every operation tens of times slower. */
const SMALLEST: f32 = 1.17549435e-38;
/** Vectors whose squares are summed before their sum is added to the others. */
const BLOCK: usize = 64 * 16;

/** Σ x² of `count` numbers. */
export function sumOfSquares(x: usize, count: i32): f64 {
  const end = x + (<usize>count << 2);
  const vectors = x + (<usize>(count & ~3) << 2);
  let total: f64 = 0;
  while (x < vectors) {
    let sum = f32x4.splat(0);
    const stop = min(vectors, x + BLOCK);
    for (; x < stop; x += 16) {
      const value = v128.load(x);
      sum = f32x4.add(sum, f32x4.mul(value, value));
    }
    total += <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1);
    total += <f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3);
  }
  for (; x < end; x += 4) total += <f64>f32.load(x) * <f64>f32.load(x);
  return total;
}

/** The numbers `from` to `to` of factor·x. */
export function scale(part: i32, from: i32, to: i32, x: usize, out: usize, factor: f32): void {
  let at = <usize>from << 2;
  const end = <usize>to << 2;
  const vectors = at + (<usize>((to - from) & ~3) << 2);
  const factors = f32x4.splat(factor);
  for (; at < vectors; at += 16) v128.store(out + at, f32x4.mul(v128.load(x + at), factors));
  for (; at < end; at += 4) f32.store(out + at, f32.load(x + at) * factor);
}

/**
 * Adam on the numbers `from` to `to`: m' = β₁·m + g, v' = β₂·v + g², u = rate·m' / (√v' + ε) − decay·p. With a decay of 0, p is not
 * looked at.
 */
export function adam(
  part: i32, from: i32, to: i32, g: usize, m: usize, v: usize, p: usize, nextM: usize, nextV: usize, update: usize,
  beta1: f32, beta2: f32, epsilon: f32, rate: f32, decay: f32,
): void {
  const last = to - ((to - from) & 3);
  for (let i = from; i < last; i += 4) {
    const at = <usize>i << 2;
    const mean = normal(f32x4.add(f32x4.mul(v128.load(m + at), f32x4.splat(beta1)), v128.load(g + at)));
    const square = f32x4.mul(v128.load(g + at), v128.load(g + at));
    const meanSquare = normal(f32x4.add(f32x4.mul(v128.load(v + at), f32x4.splat(beta2)), square));
    v128.store(nextM + at, mean);
    v128.store(nextV + at, meanSquare);
    let u = f32x4.mul(f32x4.div(mean, f32x4.add(f32x4.sqrt(meanSquare), f32x4.splat(epsilon))), f32x4.splat(rate));
    if (decay != 0) u = f32x4.sub(u, f32x4.mul(v128.load(p + at), f32x4.splat(decay)));
    v128.store(update + at, u);
  }
  for (let i = last; i < to; i++) {
    const at = <usize>i << 2;
    const gradient = f32.load(g + at);
    const mean = normalOne(f32.load(m + at) * beta1 + gradient);
    const meanSquare = normalOne(f32.load(v + at) * beta2 + gradient * gradient);
    f32.store(nextM + at, mean);
    f32.store(nextV + at, meanSquare);
    let u = (mean / (sqrt<f32>(meanSquare) + epsilon)) * rate;
    if (decay != 0) u -= f32.load(p + at) * decay;
    f32.store(update + at, u);
  }
}

// @ts-ignore: decorator
@inline
function normal(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(SMALLEST)));
}

// @ts-ignore: decorator
@inline
function normalOne(x: f32): f32 {
  return abs(x) < SMALLEST ? 0 : x;
}
