// Matrices in the order in which the products read them, and rows padded to a width of whole vectors.

/** B [depth, columns], rows `step` bytes apart and at most one block of them, into panels of 8 columns: [columns / 8][depth][8]. */
export function packRows(from: usize, step: usize, to: usize, depth: i32, columns: i32): void {
  for (let n = 0; n < columns; n += 8) {
    let at = from + (<usize>n << 2);
    for (let k = 0; k < depth; k++) {
      v128.store(to, v128.load(at));
      v128.store(to, v128.load(at, 16), 16);
      at += step;
      to += 32;
    }
  }
}

/** The same panels of Bᵀ, for B [columns, depth]. Depth and columns: multiples of 8. */
export function packTransposed(from: usize, step: usize, to: usize, depth: i32, columns: i32): void {
  for (let n = 0; n < columns; n += 8) {
    for (let k = 0; k < depth; k += 4) {
      const place = from + <usize>n * step + (<usize>k << 2);
      transposeSquare(place, step, to, 32);
      transposeSquare(place + 4 * step, step, to + 16, 32);
      to += 128;
    }
  }
}

/** A [depth, rows], rows of it `fromStep` bytes apart, to Aᵀ [rows, depth], in squares of 4. Rows: a multiple of 4. */
export function transpose(from: usize, fromStep: usize, to: usize, depth: i32, rows: i32): void {
  const toStep = <usize>depth << 2;
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    for (let m = 0; m < rows; m += 4) {
      transposeSquare(from + <usize>k * fromStep + (<usize>m << 2), fromStep, to + <usize>m * toStep + (<usize>k << 2), toStep);
    }
  }
  for (; k < depth; k++) {
    for (let m = 0; m < rows; m++) {
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

/** Rows of `size` numbers that lie at the end of a block of `count` rows of `width`, to their places, with zeros behind. */
export function spread(block: usize, count: i32, size: i32, width: i32): void {
  let from = block + (<usize>(count * (width - size)) << 2);
  let to = block;
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < width; i++) {
      if (i < size) {
        f32.store(to, f32.load(from));
        from += 4;
      } else f32.store(to, 0);
      to += 4;
    }
  }
}

/** The inverse of `spread`, with the result at the start of the block. */
export function gather(block: usize, count: i32, size: i32, width: i32): void {
  let to = block;
  for (let row = 0; row < count; row++) {
    let from = block + (<usize>(row * width) << 2);
    for (let i = 0; i < size; i++) {
      f32.store(to, f32.load(from));
      from += 4;
      to += 4;
    }
  }
}
