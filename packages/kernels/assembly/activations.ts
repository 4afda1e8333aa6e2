// Sigmoid and tanh of four numbers at once, from one polynomial. NaN passes through.

/** a·b + c: one rounding where the module is built with relaxed SIMD, two otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Bits of 2ⁿ, with y = n·ln 2 + r, |r| ≤ ½·ln 2: adding 1.5·2²³ leaves n in the low bits of a float. */
// @ts-ignore: decorator
@inline
function shifted(y: v128): v128 {
  return madd(y, f32x4.splat(1.4426950408889634), f32x4.splat(12582912));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), i32x4.splat(0x3f800000));
}

/** eʳ − 1 for the rest r of y: r + r²·q(r), q fitted to a relative error of 1.4e-8; ln 2 in two parts keeps r exact. */
// @ts-ignore: decorator
@inline
function expm1OfRest(y: v128, shift: v128): v128 {
  const n = f32x4.sub(shift, f32x4.splat(12582912));
  const r = madd(n, f32x4.splat(2.12194440054691e-4), madd(n, f32x4.splat(-0.693359375), y));
  let q = madd(r, f32x4.splat(0.0013882395789864728), f32x4.splat(0.008367180993809424));
  q = madd(r, q, f32x4.splat(0.04166722127188298));
  q = madd(r, q, f32x4.splat(0.1666653868152579));
  q = madd(r, q, f32x4.splat(0.49999998041772475));
  return madd(f32x4.mul(r, r), q, r);
}

/** σ(x) = 1 / (1 + e⁻ˣ); x is held to ±87, where e⁻ˣ and its inverse are still normal numbers. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(f32x4.neg(x), f32x4.splat(87)), f32x4.splat(-87));
  const shift = shifted(y);
  const scale = powerOfTwo(shift);
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, madd(expm1OfRest(y, shift), scale, scale)));
}

/** tanh(x) = −e / (e + 2) with e = exp(−2|x|) − 1, and the sign of x: exact to a few units for small x too. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const sign = f32x4.splat(-0.0);
  const y = f32x4.pmax(f32x4.mul(v128.andnot(x, sign), f32x4.splat(-2)), f32x4.splat(-40));
  const shift = shifted(y);
  const scale = powerOfTwo(shift);
  const e = madd(expm1OfRest(y, shift), scale, f32x4.sub(scale, f32x4.splat(1)));
  return v128.or(v128.and(x, sign), f32x4.div(f32x4.neg(e), f32x4.add(e, f32x4.splat(2))));
}

/** 0 for what is smaller than 1e-30: numbers that go on to shrink below 1e-38 make every operation tens of times slower. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1e-30)));
}
