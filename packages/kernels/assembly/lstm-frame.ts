// The LSTM frame by frame, where part of the input depends on the previous frame: x = [fed, h].
// Internally, rows of gates are padded to `width` each; arguments are not.
import { backwardRow, forwardRow } from './lstm';
import { product } from './product';

/** Rows of groups of `size` numbers, each group padded to `width` with zeros. */
export function padGroups(groups: i32, from: usize, to: usize, size: i32, width: i32): void {
  const bytes = <usize>size << 2;
  const padding = <usize>(width - size) << 2;
  for (let i = 0; i < groups; i++) {
    memory.copy(to, from, bytes);
    if (padding) memory.fill(to + bytes, 0, padding);
    from += bytes;
    to += bytes + padding;
  }
}

/** The inverse. */
export function unpadGroups(groups: i32, from: usize, to: usize, size: i32, width: i32): void {
  const bytes = <usize>size << 2;
  for (let i = 0; i < groups; i++) {
    memory.copy(to, from, bytes);
    from += <usize>width << 2;
    to += bytes;
  }
}

/** Concatenates the rows of two matrices. */
function beside(rows: i32, a: usize, aSize: i32, b: usize, bSize: i32, to: usize): void {
  const aStep = <usize>aSize << 2;
  const bStep = <usize>bSize << 2;
  for (let row = 0; row < rows; row++) {
    memory.copy(to, a, aStep);
    memory.copy(to + aStep, b, bStep);
    a += aStep;
    b += bStep;
    to += aStep + bStep;
  }
}

/**
 * z = projected + [fed, h]·kernel, and from it the next h and c. `x` [batch, fed + hidden], `gates` [batch, 4·width],
 * `before` and `now` [batch, width] (of c) are for the gradient; `room` is for batch·(width + mapWidth). The kernel,
 * padded, is packed by packKernel. Where `mapSize` is not 0, `mapped` is h·map + bias, of that many columns; map and
 * bias are padded to `mapWidth`, the map packed.
 */
export function forwardLstmFrame(
  batch: i32, hidden: i32, width: i32, fedSize: i32, projected: usize, fed: usize, h: usize, c: usize, packed: usize,
  x: usize, gates: usize, before: usize, now: usize, hAfter: usize, cAfter: usize, room: usize,
  mapSize: i32, mapWidth: i32, map: usize, bias: usize, mapped: usize,
): void {
  const depth = fedSize + hidden;
  const step = <usize>width << 2;
  beside(batch, fed, fedSize, h, hidden, x);
  padGroups(4 * batch, projected, gates, hidden, width);
  padGroups(batch, c, before, hidden, width);
  product(x, <usize>depth << 2, packed, gates, 4 * step, batch, depth, 4 * width, true);
  for (let row: usize = 0; row < <usize>batch; row++) {
    forwardRow(width, gates + 4 * row * step, before + row * step, now + row * step, room + row * step);
  }
  unpadGroups(batch, room, hAfter, hidden, width);
  unpadGroups(batch, now, cAfter, hidden, width);
  if (!mapSize) return;
  const mapStep = <usize>mapWidth << 2;
  const maps = room + <usize>batch * step;
  for (let row: usize = 0; row < <usize>batch; row++) memory.copy(maps + row * mapStep, bias, mapStep);
  product(room, step, map, maps, mapStep, batch, hidden, mapWidth, true);
  unpadGroups(batch, maps, mapped, mapSize, mapWidth);
}

/**
 * The gradients of a frame by projected, fed, h and c, from those w.r.t. h and c after. `gates` is overwritten. The
 * kernel, its rows rounded up to `depth`, a multiple of 8, is packed by packTransposedKernel; `room` is for batch·(3·width +
 * depth + mapWidth). The map, padded to `width` rows, is packed by packTransposedKernel.
 */
export function backwardLstmFrame(
  batch: i32, hidden: i32, width: i32, fedSize: i32, depth: i32, dhAfter: usize, dcAfter: usize, packed: usize,
  gates: usize, before: usize, now: usize, dProjected: usize, dFed: usize, dh: usize, dc: usize, room: usize,
  mapSize: i32, mapWidth: i32, map: usize, dMapped: usize,
): void {
  const step = <usize>width << 2;
  const rows = <usize>batch * step;
  const byH = room;
  const byC = room + rows;
  const none = byC + rows;
  const dx = none + rows;
  padGroups(batch, dhAfter, byH, hidden, width);
  padGroups(batch, dcAfter, byC, hidden, width);
  memory.fill(none, 0, rows);
  if (mapSize) {
    const maps = dx + (<usize>(batch * depth) << 2);
    padGroups(batch, dMapped, maps, mapSize, mapWidth);
    product(maps, <usize>mapWidth << 2, map, byH, step, batch, mapWidth, width, true);
  }
  for (let row: usize = 0; row < <usize>batch; row++) {
    const at = row * step;
    backwardRow(width, gates + 4 * at, before + at, now + at, byH + at, none + at, byC + at);
  }
  product(gates, 4 * step, packed, dx, <usize>depth << 2, batch, 4 * width, depth, false);
  unpadGroups(4 * batch, gates, dProjected, hidden, width);
  unpadGroups(batch, byC, dc, hidden, width);
  unpadGroups(batch, dx, dFed, fedSize, depth);
  unpadGroups(batch, dx + (<usize>fedSize << 2), dh, hidden, depth);
}
