// The GRU over a whole sequence, in the form that resets after the product. Frames lie in their order; widths are padded to a
// multiple of 8 with zeros, which stay zero. `hs` has time + 1 rows of frames: the state before frame t lies at t, after it at
// t + 1 (reversed: the other way round).
import { flush, madd, one, sigmoid, tanh } from './activations';
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
    const z = sigmoid(v128.load(gates));
    const r = sigmoid(v128.load(gates + step));
    const n = tanh(madd(r, v128.load(gates + 2 * step), v128.load(candidates)));
    v128.store(gates, z);
    v128.store(gates + step, r);
    v128.store(candidates, n);
    v128.store(after, flush(madd(z, f32x4.sub(v128.load(before), n), n)));
    gates += 16;
    candidates += 16;
    before += 16;
    after += 16;
  }
}

/**
 * The rows `from` to `to` of every frame. Leaves δz, δr and ds in `gates`, from which come the gradients by the weights, and δn in
 * `candidates`; `dh` (at first the gradient by the final state) becomes that by the initial state. `dhs` is the gradient by every h.
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

/** Of `from` to `to` of the rows of all frames: with δn in the place of ds, `gates` is the gradient by the projected input. */
export function putCandidates(part: i32, from: i32, to: i32, width: i32, gates: usize, candidates: usize): void {
  const size = <usize>width << 2;
  const end = <usize>to * size;
  for (let at = <usize>from * size; at < end; at += size) memory.copy(gates + 3 * at + 2 * size, candidates + at, size);
}

/** Leaves δz, δr and ds in `gates`, δn in `candidates`, and in `dh` what does not go through the product. */
function backwardRow(width: i32, gates: usize, candidates: usize, before: usize, dhs: usize, dh: usize): void {
  const step = <usize>width << 2;
  const end = gates + step;
  while (gates < end) {
    const z = v128.load(gates);
    const r = v128.load(gates + step);
    const n = v128.load(candidates);
    const byH = f32x4.add(v128.load(dh), v128.load(dhs));
    const byHz = f32x4.mul(byH, z);
    const notZ = f32x4.sub(one(), z);
    const byN = f32x4.mul(f32x4.mul(byH, notZ), f32x4.sub(one(), f32x4.mul(n, n)));
    const byS = flush(f32x4.mul(byN, r));
    const byR = f32x4.mul(f32x4.mul(byS, v128.load(gates + 2 * step)), f32x4.sub(one(), r));
    v128.store(gates, flush(f32x4.mul(f32x4.mul(byHz, notZ), f32x4.sub(v128.load(before), n))));
    v128.store(gates + step, flush(byR));
    v128.store(gates + 2 * step, byS);
    v128.store(candidates, flush(byN));
    v128.store(dh, flush(byHz));
    gates += 16;
    candidates += 16;
    before += 16;
    dhs += 16;
    dh += 16;
  }
}
