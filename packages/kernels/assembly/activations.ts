// Sigmoid and tanh of four numbers at once, from one polynomial. NaN passes through.

/** Address of the constants: not in the module's data segment, as its memory may be that of another module with its own. */
let constants: usize = 0;

/** Bytes of the constants. */
export const CONSTANT_BYTES: i32 = 128;

/**
 * Writes the constants to `address`; call it first. They are broadcast from memory: as literals they
 * would be rebuilt at each use. Coefficients of q are fitted to a relative error of 1.4e-8 of eʳ − 1; ln 2 comes in
 * two parts, of which the first times n is exact.
 */
export function placeConstants(address: usize): void {
  constants = address;
  f32.store(address, 1.4426950408889634);
  f32.store(address, 12582912, 4);
  f32.store(address, -0.693359375, 8);
  f32.store(address, 2.12194440054691e-4, 12);
  f32.store(address, 0.0013882395789864728, 16);
  f32.store(address, 0.008367180993809424, 20);
  f32.store(address, 0.04166722127188298, 24);
  f32.store(address, 0.1666653868152579, 28);
  f32.store(address, 0.49999998041772475, 32);
  f32.store(address, 1, 36);
  f32.store(address, 2, 40);
  f32.store(address, -2, 44);
  f32.store(address, 87, 48);
  f32.store(address, -87, 52);
  f32.store(address, -40, 56);
  f32.store(address, 1e-30, 60);
  f32.store(address, -0.0, 64);
  i32.store(address, 0x3f3504f3, 68); // √½
  f32.store(address, 0.070376836292, 72);
  f32.store(address, -0.11514610310, 76);
  f32.store(address, 0.11676998740, 80);
  f32.store(address, -0.12420140846, 84);
  f32.store(address, 0.14249322787, 88);
  f32.store(address, -0.16668057665, 92);
  f32.store(address, 0.20000714765, 96);
  f32.store(address, -0.24999993993, 100);
  f32.store(address, 0.33333331174, 104);
  f32.store(address, -0.5, 108);
  f32.store(address, 0.693359375, 112);
  f32.store(address, -2.12194440e-4, 116);
}

// @ts-ignore: decorator
@inline
function constant(index: usize): v128 {
  return v128.load32_splat(constants + 4 * index);
}

// @ts-ignore: decorator
@inline
export function one(): v128 {
  return constant(9);
}

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
  return madd(y, constant(0), constant(1));
}

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), one());
}

/** eʳ − 1 for the remainder r of y: r + r²·q(r). */
// @ts-ignore: decorator
@inline
function expm1OfRest(y: v128, shift: v128): v128 {
  const n = f32x4.sub(shift, constant(1));
  const r = madd(n, constant(3), madd(n, constant(2), y));
  let q = madd(r, constant(4), constant(5));
  q = madd(r, q, constant(6));
  q = madd(r, q, constant(7));
  q = madd(r, q, constant(8));
  return madd(f32x4.mul(r, r), q, r);
}

/** eˣ; x is clamped to ±87, where eˣ and its inverse are still normal numbers. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(x, constant(12)), constant(13));
  const shift = shifted(y);
  const scale = powerOfTwo(shift);
  return madd(expm1OfRest(y, shift), scale, scale);
}

/** σ(x) = 1 / (1 + e⁻ˣ); x is clamped to ±87, where e⁻ˣ and its inverse are still normal numbers. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(f32x4.neg(x), constant(12)), constant(13));
  const shift = shifted(y);
  const scale = powerOfTwo(shift);
  return f32x4.div(one(), f32x4.add(one(), madd(expm1OfRest(y, shift), scale, scale)));
}

/** tanh(x) = −e / (e + 2) with e = exp(−2|x|) − 1, and the sign of x: exact to a few units for small x too. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const sign = constant(16);
  const y = f32x4.pmax(f32x4.mul(v128.andnot(x, sign), constant(11)), constant(14));
  const shift = shifted(y);
  const scale = powerOfTwo(shift);
  const e = madd(expm1OfRest(y, shift), scale, f32x4.sub(scale, one()));
  return v128.or(v128.and(x, sign), f32x4.div(f32x4.neg(e), f32x4.add(e, constant(10))));
}

/**
 * ln x of a normal number: n·ln 2 + ln(1 + r), √½ ≤ 1 + r < √2, with the polynomial of Cephes' logf. NaN passes through, and ∞
 * becomes NaN.
 */
// @ts-ignore: decorator
@inline
export function log4(x: v128): v128 {
  const bits = i32x4.sub(x, constant(17));
  const n = v128.convert<i32>(i32x4.shr_s(bits, 23));
  const r = f32x4.sub(i32x4.sub(x, v128.and(bits, i32x4.splat(0xff800000))), one());
  const square = f32x4.mul(r, r);
  let q = madd(r, constant(18), constant(19));
  q = madd(r, q, constant(20));
  q = madd(r, q, constant(21));
  q = madd(r, q, constant(22));
  q = madd(r, q, constant(23));
  q = madd(r, q, constant(24));
  q = madd(r, q, constant(25));
  q = madd(r, q, constant(26));
  let y = madd(f32x4.mul(r, square), q, f32x4.mul(n, constant(29)));
  y = f32x4.add(madd(square, constant(27), y), r);
  return f32x4.add(madd(n, constant(28), y), f32x4.sub(x, x));
}

/** Flushes numbers below 1e-30 to 0: subnormals, below 1e-38, make every operation tens of times slower. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), constant(15)));
}

/** Two adjacent vectors: V8 can fuse them to one twice as wide, with all that they are computed from. */
// @ts-ignore: decorator
@inline
export function store2(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  v128.store(to, high, 16);
}
