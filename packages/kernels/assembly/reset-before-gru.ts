// The GRU over a whole sequence, in the form that resets before the product. Frames are in order; widths are padded to a
// multiple of 8 with zeros, which stay zero. `hs` has time + 1 rows of frames: the state before frame t is at t, after it at
// t + 1 (reversed: the other way round). `packed` is the recurrent kernel of z and r, `packedCandidate` that of n.
import { flush, madd, one, sigmoid, tanh } from './activations';
import { product } from './product';
import { addHeld, isMasked } from './weights';

/**
 * The rows `from` to `to` of every frame. `gates` holds the projected input and becomes σ(z), σ(r), tanh(n). `reset` has room for
 * one frame.
 */
export function forwardResetBeforeGru(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, packedCandidate: usize, gates: usize, hs: usize, mask: usize, reverse: bool,
  reset: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = 0; step < time; step++) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = hs + frame * (t + (reverse ? 1 : 0));
    const after = hs + frame * (t + (reverse ? 0 : 1));
    const z = gates + 3 * frame * t;
    const n = z + 2 * size;
    product(before + first, size, packed, z + 3 * first, 3 * size, to - from, width, 2 * width, true);
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      openGates(width, z + 3 * at, before + at, reset + at);
    }
    product(reset + first, size, packedCandidate, n + 3 * first, 3 * size, to - from, width, width, true);
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) memory.copy(after + at, before + at, size);
      else mix(width, z + 3 * at, before + at, after + at);
    }
  }
}

/** σ of z and r in place, and r∘h to `reset`. */
function openGates(width: i32, gates: usize, before: usize, reset: usize): void {
  const step = <usize>width << 2;
  const end = gates + step;
  while (gates < end) {
    const r = sigmoid(v128.load(gates + step));
    v128.store(gates, sigmoid(v128.load(gates)));
    v128.store(gates + step, r);
    v128.store(reset, flush(f32x4.mul(r, v128.load(before))));
    gates += 16;
    before += 16;
    reset += 16;
  }
}

/** tanh of n in place, and the state after the frame. */
function mix(width: i32, gates: usize, before: usize, after: usize): void {
  const step = <usize>width << 2;
  const end = gates + step;
  while (gates < end) {
    const n = tanh(v128.load(gates + 2 * step));
    v128.store(gates + 2 * step, n);
    v128.store(after, flush(madd(v128.load(gates), f32x4.sub(v128.load(before), n), n)));
    gates += 16;
    before += 16;
    after += 16;
  }
}

/**
 * The rows `from` to `to` of every frame. `gates` becomes the gradient w.r.t. the projected input, `dh` (at first by the final state)
 * that by the initial state. Leaves r∘h of every frame in `resets`. `dhs` is the gradient w.r.t. every h; `dReset` has room for one
 * frame.
 */
export function backwardResetBeforeGru(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, packedCandidate: usize, gates: usize, hs: usize, mask: usize, reverse: bool,
  resets: usize, dReset: usize, dhs: usize, dh: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = time - 1; step >= 0; step--) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = hs + frame * (t + (reverse ? 1 : 0));
    const z = gates + 3 * frame * t;
    const n = z + 2 * size;
    const reset = resets + frame * t;
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) {
        addHeld(width, dhs + frame * t + at, dh + at);
        memory.fill(z + 3 * at, 0, 3 * size);
        memory.fill(reset + at, 0, size);
      } else byMix(width, z + 3 * at, before + at, reset + at, dhs + frame * t + at, dh + at);
    }
    product(n + 3 * first, 3 * size, packedCandidate, dReset + first, size, to - from, width, width, false);
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (!isMasked(mask, t * batch + row)) byReset(width, z + 3 * at + size, before + at, dReset + at, dh + at);
    }
    product(z + 3 * first, 3 * size, packed, dh + first, size, to - from, 2 * width, width, true);
  }
}

/** Leaves δz and δn in place of z and n, r∘h in `reset`, and in `dh` the gradient that bypasses both products. */
function byMix(width: i32, gates: usize, before: usize, reset: usize, dhs: usize, dh: usize): void {
  const step = <usize>width << 2;
  const end = gates + step;
  while (gates < end) {
    const z = v128.load(gates);
    const n = v128.load(gates + 2 * step);
    const h = v128.load(before);
    const byH = f32x4.add(v128.load(dh), v128.load(dhs));
    const byHz = f32x4.mul(byH, z);
    const notZ = f32x4.sub(one(), z);
    v128.store(reset, flush(f32x4.mul(v128.load(gates + step), h)));
    v128.store(gates, flush(f32x4.mul(f32x4.mul(byHz, notZ), f32x4.sub(h, n))));
    v128.store(gates + 2 * step, flush(f32x4.mul(f32x4.mul(byH, notZ), f32x4.sub(one(), f32x4.mul(n, n)))));
    v128.store(dh, flush(byHz));
    gates += 16;
    before += 16;
    reset += 16;
    dhs += 16;
    dh += 16;
  }
}

/** Leaves δr in place of r, and adds to `dh` the gradient through the reset gate. */
function byReset(width: i32, gate: usize, before: usize, dReset: usize, dh: usize): void {
  const end = gate + (<usize>width << 2);
  while (gate < end) {
    const r = v128.load(gate);
    const byR = f32x4.mul(v128.load(dReset), r);
    v128.store(gate, flush(f32x4.mul(f32x4.mul(byR, v128.load(before)), f32x4.sub(one(), r))));
    v128.store(dh, flush(f32x4.add(v128.load(dh), byR)));
    gate += 16;
    before += 16;
    dReset += 16;
    dh += 16;
  }
}
