// The GRU over a whole sequence, in the form that resets after the product. Frames are in order; widths are padded to a
// multiple of 8 with zeros, which stay zero. `hs` has time + 1 rows of frames: the state before frame t is at t, after it at
// t + 1 (reversed: the other way round).
import { flush, madd, one, sigmoid, store2, tanh } from './activations';
import { product } from './product';
import { addHeld, isMasked } from './weights';

/** The rows `from` to `to` of every frame. `gates` holds the projected input and becomes σ(z), σ(r), s; `candidates` becomes tanh(n). */
export function forwardGru(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, gates: usize, candidates: usize, hs: usize, mask: usize, reverse: bool, bias: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  const last = <usize>to * size;
  for (let step = 0; step < time; step++) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = hs + frame * (t + (reverse ? 1 : 0));
    const after = hs + frame * (t + (reverse ? 0 : 1));
    const z = gates + 3 * frame * t;
    const n = candidates + frame * t;
    for (let at = first; at < last; at += size) {
      memory.copy(n + at, z + 3 * at + 2 * size, size);
      memory.copy(z + 3 * at + 2 * size, bias, size);
    }
    product(before + first, size, packed, z + 3 * first, 3 * size, to - from, width, 3 * width, true);
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) memory.copy(after + at, before + at, size);
      else forwardRow(width, z + 3 * at, n + at, before + at, after + at);
    }
  }
}

function forwardRow(width: i32, gates: usize, candidates: usize, before: usize, after: usize): void {
  const step = <usize>width << 2;
  const end = gates + step;
  while (gates < end) {
    const z0 = sigmoid(v128.load(gates));
    const z1 = sigmoid(v128.load(gates, 16));
    const r0 = sigmoid(v128.load(gates + step));
    const r1 = sigmoid(v128.load(gates + step, 16));
    const n0 = tanh(madd(r0, v128.load(gates + 2 * step), v128.load(candidates)));
    const n1 = tanh(madd(r1, v128.load(gates + 2 * step, 16), v128.load(candidates, 16)));
    const h0 = flush(madd(z0, f32x4.sub(v128.load(before), n0), n0));
    const h1 = flush(madd(z1, f32x4.sub(v128.load(before, 16), n1), n1));
    store2(gates, z0, z1);
    store2(gates + step, r0, r1);
    store2(candidates, n0, n1);
    store2(after, h0, h1);
    gates += 32;
    candidates += 32;
    before += 32;
    after += 32;
  }
}

/**
 * The rows `from` to `to` of every frame. Leaves δz, δr and ds in `gates`, from which the gradients w.r.t. the weights
 * are computed, and δn in `candidates`; `dh` (at first the gradient w.r.t. the final state) becomes that by the initial
 * state. `dhs` is the gradient w.r.t. every h.
 */
export function backwardGru(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, gates: usize, candidates: usize, hs: usize, mask: usize, reverse: bool,
  dhs: usize, dh: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = time - 1; step >= 0; step--) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = hs + frame * (t + (reverse ? 1 : 0));
    const z = gates + 3 * frame * t;
    const n = candidates + frame * t;
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) {
        addHeld(width, dhs + frame * t + at, dh + at);
        memory.fill(z + 3 * at, 0, 3 * size);
        memory.fill(n + at, 0, size);
      } else backwardRow(width, z + 3 * at, n + at, before + at, dhs + frame * t + at, dh + at);
    }
    product(z + 3 * first, 3 * size, packed, dh + first, size, to - from, 3 * width, width, true);
  }
}

/** For the rows `from` to `to` of all frames: with δn in place of ds, `gates` is the gradient w.r.t. the projected input. */
export function putCandidates(part: i32, from: i32, to: i32, width: i32, gates: usize, candidates: usize): void {
  const size = <usize>width << 2;
  const end = <usize>to * size;
  for (let at = <usize>from * size; at < end; at += size) memory.copy(gates + 3 * at + 2 * size, candidates + at, size);
}

/** Leaves δz, δr and ds in `gates`, δn in `candidates`, and in `dh` the gradient that does not pass through the product. */
function backwardRow(width: i32, gates: usize, candidates: usize, before: usize, dhs: usize, dh: usize): void {
  const step = <usize>width << 2;
  const end = gates + step;
  while (gates < end) {
    const z0 = v128.load(gates);
    const z1 = v128.load(gates, 16);
    const r0 = v128.load(gates + step);
    const r1 = v128.load(gates + step, 16);
    const n0 = v128.load(candidates);
    const n1 = v128.load(candidates, 16);
    const byH0 = f32x4.add(v128.load(dh), v128.load(dhs));
    const byH1 = f32x4.add(v128.load(dh, 16), v128.load(dhs, 16));
    const byHz0 = f32x4.mul(byH0, z0);
    const byHz1 = f32x4.mul(byH1, z1);
    const notZ0 = f32x4.sub(one(), z0);
    const notZ1 = f32x4.sub(one(), z1);
    const byN0 = f32x4.mul(f32x4.mul(byH0, notZ0), f32x4.sub(one(), f32x4.mul(n0, n0)));
    const byN1 = f32x4.mul(f32x4.mul(byH1, notZ1), f32x4.sub(one(), f32x4.mul(n1, n1)));
    const byS0 = flush(f32x4.mul(byN0, r0));
    const byS1 = flush(f32x4.mul(byN1, r1));
    const byR0 = f32x4.mul(f32x4.mul(byS0, v128.load(gates + 2 * step)), f32x4.sub(one(), r0));
    const byR1 = f32x4.mul(f32x4.mul(byS1, v128.load(gates + 2 * step, 16)), f32x4.sub(one(), r1));
    const byZ0 = f32x4.mul(f32x4.mul(byHz0, notZ0), f32x4.sub(v128.load(before), n0));
    const byZ1 = f32x4.mul(f32x4.mul(byHz1, notZ1), f32x4.sub(v128.load(before, 16), n1));
    store2(gates, flush(byZ0), flush(byZ1));
    store2(gates + step, flush(byR0), flush(byR1));
    store2(gates + 2 * step, byS0, byS1);
    store2(candidates, flush(byN0), flush(byN1));
    store2(dh, flush(byHz0), flush(byHz1));
    gates += 32;
    candidates += 32;
    before += 32;
    dhs += 32;
    dh += 32;
  }
}
