// Functions of four numbers at once. NaN passes through.

/** Address of the constants: not in the module's data segment, as its memory may be that of another module with its own. */
let constants: usize = 0;

/** Bytes of the constants. */
export const CONSTANT_BYTES: i32 = 52;

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
  f32.store(address, 87, 40);
  f32.store(address, -87, 44);
  f32.store(address, 1e-30, 48);
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
  const y = f32x4.pmax(f32x4.pmin(x, constant(10)), constant(11));
  const shift = shifted(y);
  const scale = powerOfTwo(shift);
  return madd(expm1OfRest(y, shift), scale, scale);
}

/** Flushes numbers below 1e-30 to 0: subnormals, below 1e-38, make every operation tens of times slower. */
// @ts-ignore: decorator
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), constant(12)));
}

/** Two adjacent vectors: V8 can fuse them to one twice as wide, with all that they are computed from. */
// @ts-ignore: decorator
@inline
export function store2(to: usize, low: v128, high: v128): void {
  v128.store(to, low);
  v128.store(to, high, 16);
}
