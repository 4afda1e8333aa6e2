// Matrices in the order in which the products read them.

/**
 * B [depth, columns], rows `step` bytes apart and at most one block of them, into panels of 8 columns: [columns / 8][depth][8], the
 * last with zeros where there are fewer.
 */
export function packRows(from: usize, step: usize, to: usize, depth: i32, columns: i32): void {
  let n = 0;
  for (; n + 8 <= columns; n += 8) {
    let at = from + (<usize>n << 2);
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(at));
      v128.store(to, v128.load(at, 16), 16);
      at += step;
      to += 32;
    }
  }
  if (n < columns) packElements(from + (<usize>n << 2), step, 4, to, depth, columns - n);
}

/** The same panels of Bᵀ, for B [columns, depth]. */
export function packTransposed(from: usize, step: usize, to: usize, depth: i32, columns: i32): void {
  const squares = depth & ~3;
  let n = 0;
  for (; n + 8 <= columns; n += 8) {
    const at = from + <usize>n * step;
    for (let k = 0; k < squares; k += 4) {
      const place = at + (<usize>k << 2);
      transposeSquare(place, step, to, 32);
      transposeSquare(place + 4 * step, step, to + 16, 32);
      to += 128;
    }
    if (squares < depth) {
      packElements(at + (<usize>squares << 2), 4, step, to, depth - squares, 8);
      to += <usize>(depth - squares) << 5;
    }
  }
  if (n < columns) packElements(from + <usize>n * step, 4, step, to, depth, columns - n);
}

/** One panel, number by number: rows are `rowStep` bytes apart, its columns, up to 8, `columnStep`. */
function packElements(from: usize, rowStep: usize, columnStep: usize, to: usize, depth: i32, columns: i32): void {
  for (let k = 0; k < depth; k++) {
    const row = from + <usize>k * rowStep;
    for (let i = 0; i < 8; i++) {
      f32.store(to, i < columns ? f32.load(row + <usize>i * columnStep) : 0);
      to += 4;
    }
  }
}

/** A [depth, rows], rows of it `fromStep` bytes apart, to Aᵀ [rows, depth], in squares of 4. */
export function transpose(from: usize, fromStep: usize, to: usize, depth: i32, rows: i32): void {
  const toStep = <usize>depth << 2;
  const deep = depth & ~3;
  const wide = rows & ~3;
  for (let k = 0; k < deep; k += 4) {
    for (let m = 0; m < wide; m += 4) {
      transposeSquare(from + <usize>k * fromStep + (<usize>m << 2), fromStep, to + <usize>m * toStep + (<usize>k << 2), toStep);
    }
  }
  transposeElements(from, fromStep, to, toStep, deep, depth, 0, rows);
  transposeElements(from, fromStep, to, toStep, 0, deep, wide, rows);
}

function transposeElements(
  from: usize, fromStep: usize, to: usize, toStep: usize, k: i32, lastK: i32, firstM: i32, lastM: i32,
): void {
  for (; k < lastK; k++) {
    for (let m = firstM; m < lastM; m++) {
      f32.store(to + <usize>m * toStep + (<usize>k << 2), f32.load(from + <usize>k * fromStep + (<usize>m << 2)));
    }
  }
}

// @ts-ignore: decorator
@inline
function transposeSquare(from: usize, fromStep: usize, to: usize, toStep: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + fromStep);
  const c = v128.load(from + 2 * fromStep);
  const d = v128.load(from + 3 * fromStep);
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(abLow, cdLow, 0, 1, 4, 5));
  v128.store(to + toStep, v128.shuffle<f32>(abLow, cdLow, 2, 3, 6, 7));
  v128.store(to + 2 * toStep, v128.shuffle<f32>(abHigh, cdHigh, 0, 1, 4, 5));
  v128.store(to + 3 * toStep, v128.shuffle<f32>(abHigh, cdHigh, 2, 3, 6, 7));
}
