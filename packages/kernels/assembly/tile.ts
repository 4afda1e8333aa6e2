// Tiles of C [rows × 8·panels] = A·B, with B packed in panels of 8 columns. Every element is one sum over the depth in its order,
// kept in a register, for any tile: the result does not depend on the tiling.
import { madd } from './vectors';

/** Bytes of a row of 8 of a panel. */
// @ts-ignore: decorator
@inline
export const PANEL: usize = 32;

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
 * C (+)= A·B for 1 to 6 rows and 1 or 2 panels, the second panel `next` after the first, rows of a panel `step` apart, PANEL where they
 * are packed. Rows of A and C are aStep and cStep apart.
 * Rows and panels are constants where this is inlined, so that unused code is eliminated.
 */
// @ts-ignore: decorator
@inline
export function tile(
  rows: i32, panels: i32, a: usize, aStep: usize, b: usize, step: usize, next: usize, c: usize, cStep: usize, depth: i32, add: bool,
): void {
  let low0 = f32x4.splat(0);
  let high0 = f32x4.splat(0);
  let lowB0 = f32x4.splat(0);
  let highB0 = f32x4.splat(0);
  let low1 = f32x4.splat(0);
  let high1 = f32x4.splat(0);
  let lowB1 = f32x4.splat(0);
  let highB1 = f32x4.splat(0);
  let low2 = f32x4.splat(0);
  let high2 = f32x4.splat(0);
  let lowB2 = f32x4.splat(0);
  let highB2 = f32x4.splat(0);
  let low3 = f32x4.splat(0);
  let high3 = f32x4.splat(0);
  let lowB3 = f32x4.splat(0);
  let highB3 = f32x4.splat(0);
  let low4 = f32x4.splat(0);
  let high4 = f32x4.splat(0);
  let lowB4 = f32x4.splat(0);
  let highB4 = f32x4.splat(0);
  let low5 = f32x4.splat(0);
  let high5 = f32x4.splat(0);
  let lowB5 = f32x4.splat(0);
  let highB5 = f32x4.splat(0);
  let a1 = a + aStep;
  let a2 = a + 2 * aStep;
  let a3 = a + 3 * aStep;
  let a4 = a + 4 * aStep;
  let a5 = a + 5 * aStep;
  const end = b + <usize>depth * step;
  while (b < end) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    let lowB = low;
    let highB = high;
    if (panels > 1) {
      lowB = v128.load(b + next);
      highB = v128.load(b + next, 16);
    }
    {
      const x = v128.load32_splat(a);
      low0 = madd(x, low, low0);
      high0 = madd(x, high, high0);
      if (panels > 1) {
        lowB0 = madd(x, lowB, lowB0);
        highB0 = madd(x, highB, highB0);
      }
      a += 4;
    }
    if (rows > 1) {
      const x = v128.load32_splat(a1);
      low1 = madd(x, low, low1);
      high1 = madd(x, high, high1);
      if (panels > 1) {
        lowB1 = madd(x, lowB, lowB1);
        highB1 = madd(x, highB, highB1);
      }
      a1 += 4;
    }
    if (rows > 2) {
      const x = v128.load32_splat(a2);
      low2 = madd(x, low, low2);
      high2 = madd(x, high, high2);
      if (panels > 1) {
        lowB2 = madd(x, lowB, lowB2);
        highB2 = madd(x, highB, highB2);
      }
      a2 += 4;
    }
    if (rows > 3) {
      const x = v128.load32_splat(a3);
      low3 = madd(x, low, low3);
      high3 = madd(x, high, high3);
      if (panels > 1) {
        lowB3 = madd(x, lowB, lowB3);
        highB3 = madd(x, highB, highB3);
      }
      a3 += 4;
    }
    if (rows > 4) {
      const x = v128.load32_splat(a4);
      low4 = madd(x, low, low4);
      high4 = madd(x, high, high4);
      if (panels > 1) {
        lowB4 = madd(x, lowB, lowB4);
        highB4 = madd(x, highB, highB4);
      }
      a4 += 4;
    }
    if (rows > 5) {
      const x = v128.load32_splat(a5);
      low5 = madd(x, low, low5);
      high5 = madd(x, high, high5);
      if (panels > 1) {
        lowB5 = madd(x, lowB, lowB5);
        highB5 = madd(x, highB, highB5);
      }
      a5 += 4;
    }
    b += step;
  }
  store2(c, add, low0, high0);
  if (panels > 1) store2(c + PANEL, add, lowB0, highB0);
  if (rows > 1) store2(c + 1 * cStep, add, low1, high1);
  if (panels > 1 && rows > 1) store2(c + 1 * cStep + PANEL, add, lowB1, highB1);
  if (rows > 2) store2(c + 2 * cStep, add, low2, high2);
  if (panels > 1 && rows > 2) store2(c + 2 * cStep + PANEL, add, lowB2, highB2);
  if (rows > 3) store2(c + 3 * cStep, add, low3, high3);
  if (panels > 1 && rows > 3) store2(c + 3 * cStep + PANEL, add, lowB3, highB3);
  if (rows > 4) store2(c + 4 * cStep, add, low4, high4);
  if (panels > 1 && rows > 4) store2(c + 4 * cStep + PANEL, add, lowB4, highB4);
  if (rows > 5) store2(c + 5 * cStep, add, low5, high5);
  if (panels > 1 && rows > 5) store2(c + 5 * cStep + PANEL, add, lowB5, highB5);
}

/** One row and 4 panels, whose rows are `step` bytes apart: with fewer, latency would limit its sums. */
export function rowOf4(a: usize, b: usize, step: usize, next: usize, c: usize, depth: i32, add: bool): void {
  let low0 = f32x4.splat(0);
  let high0 = f32x4.splat(0);
  let low1 = f32x4.splat(0);
  let high1 = f32x4.splat(0);
  let low2 = f32x4.splat(0);
  let high2 = f32x4.splat(0);
  let low3 = f32x4.splat(0);
  let high3 = f32x4.splat(0);
  const end = a + (<usize>depth << 2);
  while (a < end) {
    const x = v128.load32_splat(a);
    let from = b;
    low0 = madd(x, v128.load(from), low0);
    high0 = madd(x, v128.load(from, 16), high0);
    from += next;
    low1 = madd(x, v128.load(from), low1);
    high1 = madd(x, v128.load(from, 16), high1);
    from += next;
    low2 = madd(x, v128.load(from), low2);
    high2 = madd(x, v128.load(from, 16), high2);
    from += next;
    low3 = madd(x, v128.load(from), low3);
    high3 = madd(x, v128.load(from, 16), high3);
    a += 4;
    b += step;
  }
  store2(c, add, low0, high0);
  store2(c + 1 * PANEL, add, low1, high1);
  store2(c + 2 * PANEL, add, low2, high2);
  store2(c + 3 * PANEL, add, low3, high3);
}

/** One row and one to four columns, whose numbers are `step` bytes apart. */
export function rowOfFew(a: usize, b: usize, step: usize, c: usize, depth: i32, columns: i32, add: bool): void {
  for (let column = 0; column < columns; column++) {
    let sum = f32x4.splat(0);
    let from = b;
    const end = a + (<usize>depth << 2);
    for (let at = a; at < end; at += 4) {
      sum = madd(v128.load32_splat(at), v128.load32_splat(from), sum);
      from += step;
    }
    const first = f32x4.extract_lane(sum, 0);
    f32.store(c, add ? first + f32.load(c) : first);
    b += 4;
    c += 4;
  }
}
