// Matrices in the order in which the products read them, and rows padded to a width of whole vectors.
import { TILE } from './tile';

/** B [depth, columns], depth at most one block, into panels of 8 columns: [columns / 8][depth][8]. */
export function packRows(from: usize, to: usize, depth: i32, columns: i32): void {
  const panel = <usize>depth << 5;
  for (let k = 0; k < depth; k++) {
    let place = to + (<usize>k << 5);
    for (let n = 0; n < columns; n += 8) {
      v128.store(place, v128.load(from));
      v128.store(place, v128.load(from, 16), 16);
      from += 32;
      place += panel;
    }
  }
}

/** The same panels of Bᵀ, for B [columns, width], from its column `first` on. */
export function packTransposed(from: usize, to: usize, first: i32, depth: i32, columns: i32, width: i32): void {
  for (let n = 0; n < columns; n += 8) {
    for (let k = 0; k < depth; k++) {
      let place = from + (<usize>(n * width + first + k) << 2);
      for (let i = 0; i < 8; i++) {
        f32.store(to, f32.load(place));
        to += 4;
        place += <usize>width << 2;
      }
    }
  }
}

/** A [depth, rows] into tiles of TILE of its columns: [⌈rows / TILE⌉][depth][TILE], zeros beyond the last. */
export function packColumns(from: usize, to: usize, depth: i32, rows: i32): void {
  for (let m = 0; m < rows; m += TILE) {
    const some = min(TILE, rows - m);
    for (let k = 0; k < depth; k++) {
      const place = from + (<usize>(k * rows + m) << 2);
      if (some == TILE) {
        v128.store(to, v128.load(place));
        if (TILE == 6) i64.store(to, i64.load(place, 16), 16);
      } else {
        for (let i = 0; i < TILE; i++) f32.store(to + (<usize>i << 2), i < some ? f32.load(place + (<usize>i << 2)) : 0);
      }
      to += 4 * TILE;
    }
  }
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
