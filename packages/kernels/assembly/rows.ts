// Rows of a table: gather and scatter-add by ids; rows in another order.

/** Gather: row ids[i] of a table to row i, for i from `from` to `to`; rows are `size` numbers. */
export function gatherRows(part: i32, from: i32, to: i32, table: usize, ids: usize, out: usize, size: i32): void {
  const step = <usize>size << 2;
  for (let i = from; i < to; i++) {
    memory.copy(out + <usize>i * step, table + <usize>i32.load(ids + (<usize>i << 2)) * step, step);
  }
}

/** The numbers `from` to `to` of every row i, added to row ids[i] of `out`. Ids that are not in [0, rows) are ignored. */
export function addRows(
  part: i32, from: i32, to: i32, values: usize, ids: usize, out: usize, count: i32, rows: i32, size: i32,
): void {
  const step = <usize>size << 2;
  const skip = <usize>from << 2;
  const vectors = <usize>((to - from) & ~3) << 2;
  const width = <usize>(to - from) << 2;
  for (let i = 0; i < count; i++) {
    const id = i32.load(ids + (<usize>i << 2));
    if (id < 0 || id >= rows) continue;
    const source = values + <usize>i * step + skip;
    const target = out + <usize>id * step + skip;
    let at: usize = 0;
    for (; at < vectors; at += 16) v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(source + at)));
    for (; at < width; at += 4) f32.store(target + at, f32.load(target + at) + f32.load(source + at));
  }
}

/**
 * source [first, second, size] → target [second, first, size], for the second indices `from` to `to`. Rows of source and target are
 * sourceStep and targetStep bytes apart; what is between the rows of the target is left as it is.
 */
export function swapAxes(
  part: i32, from: i32, to: i32, source: usize, sourceStep: usize, target: usize, targetStep: usize, first: i32, second: i32, size: i32,
): void {
  const step = <usize>size << 2;
  const vectors = <usize>(size & ~3) << 2;
  target += <usize>from * <usize>first * targetStep;
  if (first == 1 && sourceStep == step && targetStep == step) {
    memory.copy(target, source + <usize>from * step, <usize>(to - from) * step);
    return;
  }
  for (let j = from; j < to; j++) {
    let row = source + <usize>j * sourceStep;
    for (let i = 0; i < first; i++) {
      let at: usize = 0;
      for (; at < vectors; at += 16) v128.store(target + at, v128.load(row + at));
      for (; at < step; at += 4) f32.store(target + at, f32.load(row + at));
      target += targetStep;
      row += <usize>second * sourceStep;
    }
  }
}
