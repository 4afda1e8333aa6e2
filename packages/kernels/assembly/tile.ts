// Tiles of C [rows × 8] = A·B, with B packed in panels of 8 columns: the sums stay in registers for the whole depth.
import { madd } from './activations';

/** Rows of a full tile: with one instruction for a·b + c, 12 sums and their operands fill 16 registers. */
export const TILE: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;

/** B has 8 numbers a row. */
// @ts-ignore: decorator
@inline
const PANEL: usize = 32;

// @ts-ignore: decorator
@inline
function store2(c: usize, add: bool, low: v128, high: v128): void {
  if (add) {
    low = f32x4.add(low, v128.load(c));
    high = f32x4.add(high, v128.load(c, 16));
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/**
 * C (+)= A·B for `rows` (1, 2, 4 or 6) rows; element (m, k) of A lies at a + m·rowStep + k·step. The depth is a multiple of `unroll`.
 * Rows and steps are constants where this is inlined, so that the parts not needed vanish.
 */
// @ts-ignore: decorator
@inline
function tile(rows: i32, step: usize, rowStep: usize, a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  let low0 = f32x4.splat(0);
  let high0 = f32x4.splat(0);
  let low1 = f32x4.splat(0);
  let high1 = f32x4.splat(0);
  let low2 = f32x4.splat(0);
  let high2 = f32x4.splat(0);
  let low3 = f32x4.splat(0);
  let high3 = f32x4.splat(0);
  let low4 = f32x4.splat(0);
  let high4 = f32x4.splat(0);
  let low5 = f32x4.splat(0);
  let high5 = f32x4.splat(0);
  let a1 = a + rowStep;
  let a2 = a + 2 * rowStep;
  let a3 = a + 3 * rowStep;
  let a4 = a + 4 * rowStep;
  let a5 = a + 5 * rowStep;
  const end = b + <usize>depth * PANEL;
  while (b < end) {
    const low = v128.load(b);
    const high = v128.load(b, 16);

    {
      const x = v128.load32_splat(a);
      low0 = madd(x, low, low0);
      high0 = madd(x, high, high0);
      a += step;
    }
    if (rows > 1) {
      const x = v128.load32_splat(a1);
      low1 = madd(x, low, low1);
      high1 = madd(x, high, high1);
      a1 += step;
    }
    if (rows > 2) {
      const x = v128.load32_splat(a2);
      low2 = madd(x, low, low2);
      high2 = madd(x, high, high2);
      a2 += step;
    }
    if (rows > 3) {
      const x = v128.load32_splat(a3);
      low3 = madd(x, low, low3);
      high3 = madd(x, high, high3);
      a3 += step;
    }
    if (rows > 4) {
      const x = v128.load32_splat(a4);
      low4 = madd(x, low, low4);
      high4 = madd(x, high, high4);
      a4 += step;
    }
    if (rows > 5) {
      const x = v128.load32_splat(a5);
      low5 = madd(x, low, low5);
      high5 = madd(x, high, high5);
      a5 += step;
    }
    b += PANEL;
  }
  store2(c, add, low0, high0);
  if (rows > 1) store2(c + 1 * cStep, add, low1, high1);
  if (rows > 2) store2(c + 2 * cStep, add, low2, high2);
  if (rows > 3) store2(c + 3 * cStep, add, low3, high3);
  if (rows > 4) store2(c + 4 * cStep, add, low4, high4);
  if (rows > 5) store2(c + 5 * cStep, add, low5, high5);
}

export function tile6(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(6, 4, aStep, a, b, c, cStep, depth, add);
}

export function tile4(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(4, 4, aStep, a, b, c, cStep, depth, add);
}

/**
 * The same for 1 or 2 rows, where too few sums would wait for one another: each is kept in parts, one for each of 4 or 2 steps in
 * depth, which are added at the end. The depth is a multiple of 4.
 */
// @ts-ignore: decorator
@inline
function thinTile(rows: i32, a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  let low0 = f32x4.splat(0);
  let high0 = f32x4.splat(0);
  let low1 = f32x4.splat(0);
  let high1 = f32x4.splat(0);
  let low2 = f32x4.splat(0);
  let high2 = f32x4.splat(0);
  let low3 = f32x4.splat(0);
  let high3 = f32x4.splat(0);
  const end = b + <usize>depth * PANEL;
  while (b < end) {
    {
      const x = v128.load32_splat(a, 0);
      low0 = madd(x, v128.load(b, 0), low0);
      high0 = madd(x, v128.load(b, 16), high0);
    }
    {
      const x = v128.load32_splat(a, 4);
      low1 = madd(x, v128.load(b, 32), low1);
      high1 = madd(x, v128.load(b, 48), high1);
    }
    if (rows == 1) {
      const x2 = v128.load32_splat(a, 8);
      low2 = madd(x2, v128.load(b, 64), low2);
      high2 = madd(x2, v128.load(b, 80), high2);
      const x3 = v128.load32_splat(a, 12);
      low3 = madd(x3, v128.load(b, 96), low3);
      high3 = madd(x3, v128.load(b, 112), high3);
      a += 16;
      b += 4 * PANEL;
    } else {
      const x0 = v128.load32_splat(a + aStep, 0);
      low2 = madd(x0, v128.load(b, 0), low2);
      high2 = madd(x0, v128.load(b, 16), high2);
      const x1 = v128.load32_splat(a + aStep, 4);
      low3 = madd(x1, v128.load(b, 32), low3);
      high3 = madd(x1, v128.load(b, 48), high3);
      a += 8;
      b += 2 * PANEL;
    }
  }
  const low = f32x4.add(low0, low1);
  const high = f32x4.add(high0, high1);
  const lowLast = f32x4.add(low2, low3);
  const highLast = f32x4.add(high2, high3);
  if (rows == 1) store2(c, add, f32x4.add(low, lowLast), f32x4.add(high, highLast));
  else {
    store2(c, add, low, high);
    store2(c + cStep, add, lowLast, highLast);
  }
}

export function tile2(a: usize, aStep: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  thinTile(2, a, aStep, b, c, cStep, depth, add);
}

export function tile1(a: usize, b: usize, c: usize, depth: i32, add: bool): void {
  thinTile(1, a, 0, b, c, 0, depth, add);
}

/** A tile of `TILE` rows whose A is packed: `TILE` numbers for each step in depth. */
export function packedTile(a: usize, b: usize, c: usize, cStep: usize, depth: i32, add: bool): void {
  tile(TILE, 4 * TILE, 4, a, b, c, cStep, depth, add);
}
