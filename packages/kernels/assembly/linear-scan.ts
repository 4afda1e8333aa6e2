// The linear recurrence hₜ = aₜ∘hₜ₋₁ + bₜ over [batch, time, size], real and complex, forward and backward, in place.
//
// The state before a frame is the output of the real frame that was run before it, so it is not stored a second time.
// `step` is the number of bytes from frame to frame of a: 0 for a constant [size]. Numbers below 1e-30 become 0.

import { flush, madd } from './vectors';
import { load, store } from './lanes';

// @ts-ignore: decorator
@inline
function isReal(mask: usize, frame: usize): bool {
  return mask == 0 || f32.load(mask + (frame << 2)) != 0;
}

// @ts-ignore: decorator
@inline
function advance(a: usize, b: usize, before: usize, out: usize, size: usize): void {
  store(out, flush(madd(load(a, size), load(before, size), load(b, size))), size);
}

/** Outputs, and the state after the frame that is run last. */
export function forwardScan(
  rows: i32, time: i32, size: i32, mask: usize, reverse: i32, step: usize,
  a: usize, b: usize, h: usize, outputs: usize, last: usize,
): void {
  const bytes = <usize>size << 2;
  const vectors = bytes & ~15;
  for (let row = 0; row < rows; row++) {
    let before = h + <usize>row * bytes;
    for (let n = 0; n < time; n++) {
      const frame = <usize>(row * time + (reverse ? time - 1 - n : n));
      const out = outputs + frame * bytes;
      if (!isReal(mask, frame)) {
        memory.fill(out, 0, bytes);
        continue;
      }
      const factor = a + frame * step;
      const term = b + frame * bytes;
      let at: usize = 0;
      for (; at < vectors; at += 16) advance(factor + at, term + at, before + at, out + at, 16);
      for (; at < bytes; at += 4) advance(factor + at, term + at, before + at, out + at, 4);
      before = out;
    }
    memory.copy(last + <usize>row * bytes, before, bytes);
  }
}

/** The same of complex numbers, real and imaginary parts apart. */
export function forwardComplexScan(
  rows: i32, time: i32, size: i32, mask: usize, reverse: i32, step: usize,
  aReal: usize, aImag: usize, bReal: usize, bImag: usize, hReal: usize, hImag: usize,
  outputsReal: usize, outputsImag: usize, lastReal: usize, lastImag: usize,
): void {
  const bytes = <usize>size << 2;
  const vectors = bytes & ~15;
  for (let row = 0; row < rows; row++) {
    const start = <usize>row * bytes;
    let pReal = hReal + start;
    let pImag = hImag + start;
    for (let n = 0; n < time; n++) {
      const frame = <usize>(row * time + (reverse ? time - 1 - n : n));
      const here = frame * bytes;
      if (!isReal(mask, frame)) {
        memory.fill(outputsReal + here, 0, bytes);
        memory.fill(outputsImag + here, 0, bytes);
        continue;
      }
      const factor = frame * step;
      for (let at: usize = 0; at < bytes; ) {
        const ar = aReal + factor + at, ai = aImag + factor + at;
        const br = bReal + here + at, bi = bImag + here + at;
        const or = outputsReal + here + at, oi = outputsImag + here + at;
        if (at < vectors) {
          advanceComplex(ar, ai, br, bi, pReal + at, pImag + at, or, oi, 16);
          at += 16;
        } else {
          advanceComplex(ar, ai, br, bi, pReal + at, pImag + at, or, oi, 4);
          at += 4;
        }
      }
      pReal = outputsReal + here;
      pImag = outputsImag + here;
    }
    memory.copy(lastReal + start, pReal, bytes);
    memory.copy(lastImag + start, pImag, bytes);
  }
}

// @ts-ignore: decorator
@inline
function advanceComplex(
  aReal: usize, aImag: usize, bReal: usize, bImag: usize, pReal: usize, pImag: usize, oReal: usize, oImag: usize,
  size: usize,
): void {
  const ar = load(aReal, size), ai = load(aImag, size), pr = load(pReal, size), pi = load(pImag, size);
  store(oReal, flush(madd(ar, pr, f32x4.sub(load(bReal, size), f32x4.mul(ai, pi)))), size);
  store(oImag, flush(madd(ar, pi, madd(ai, pr, load(bImag, size)))), size);
}

/** The frame run before the n-th that is real: its index in the order of running, or −1. */
function earlier(mask: usize, row: i32, time: i32, reverse: i32, n: i32): i32 {
  do n--; while (n >= 0 && !isReal(mask, <usize>(row * time + (reverse ? time - 1 - n : n))));
  return n;
}

/**
 * Gradients w.r.t. b and h, and w.r.t. a, which for a constant a are the sums over the frames of a row, [batch, size].
 * The gradient w.r.t. the state passes from frame to frame in that w.r.t. h.
 */
export function backwardScan(
  rows: i32, time: i32, size: i32, mask: usize, reverse: i32, step: usize,
  a: usize, h: usize, outputs: usize, dOutputs: usize, dLast: usize, dA: usize, dB: usize, dH: usize,
): void {
  const bytes = <usize>size << 2;
  for (let row = 0; row < rows; row++) {
    const start = <usize>row * bytes;
    const carry = dH + start;
    memory.copy(carry, dLast + start, bytes);
    if (step == 0) memory.fill(dA + start, 0, bytes);
    for (let n = time - 1; n >= 0; n--) {
      const frame = <usize>(row * time + (reverse ? time - 1 - n : n));
      const here = frame * bytes;
      if (!isReal(mask, frame)) {
        memory.fill(dB + here, 0, bytes);
        if (step != 0) memory.fill(dA + here, 0, bytes);
        continue;
      }
      const p = earlier(mask, row, time, reverse, n);
      const before = p < 0 ? h + start : outputs + <usize>(row * time + (reverse ? time - 1 - p : p)) * bytes;
      const factor = a + frame * step;
      const slope = dOutputs + here;
      if (step == 0) retreatFrame(bytes, factor, before, slope, carry, dA + start, dB + here, true);
      else retreatFrame(bytes, factor, before, slope, carry, dA + here, dB + here, false);
    }
  }
}

// @ts-ignore: decorator
@inline
function retreatFrame(
  bytes: usize, a: usize, before: usize, dOutput: usize, carry: usize, dA: usize, dB: usize, adds: bool,
): void {
  const vectors = bytes & ~15;
  let at: usize = 0;
  for (; at < vectors; at += 16) retreat(a + at, before + at, dOutput + at, carry + at, dA + at, dB + at, adds, 16);
  for (; at < bytes; at += 4) retreat(a + at, before + at, dOutput + at, carry + at, dA + at, dB + at, adds, 4);
}

// @ts-ignore: decorator
@inline
function retreat(
  a: usize, before: usize, dOutput: usize, carry: usize, dA: usize, dB: usize, adds: bool, size: usize,
): void {
  const d = flush(f32x4.add(load(dOutput, size), load(carry, size)));
  store(dB, d, size);
  put(dA, f32x4.mul(d, load(before, size)), adds, size);
  store(carry, flush(f32x4.mul(load(a, size), d)), size);
}

// @ts-ignore: decorator
@inline
function put(to: usize, x: v128, adds: bool, size: usize): void {
  store(to, flush(adds ? f32x4.add(load(to, size), x) : x), size);
}

/** The same of complex numbers: the gradient of a is d·conj(h before), what passes on is conj(a)·d. */
export function backwardComplexScan(
  rows: i32, time: i32, size: i32, mask: usize, reverse: i32, step: usize,
  aReal: usize, aImag: usize, hReal: usize, hImag: usize, outputsReal: usize, outputsImag: usize,
  dOutputsReal: usize, dOutputsImag: usize, dLastReal: usize, dLastImag: usize,
  dAReal: usize, dAImag: usize, dBReal: usize, dBImag: usize, dHReal: usize, dHImag: usize,
): void {
  const bytes = <usize>size << 2;
  const vectors = bytes & ~15;
  for (let row = 0; row < rows; row++) {
    const start = <usize>row * bytes;
    memory.copy(dHReal + start, dLastReal + start, bytes);
    memory.copy(dHImag + start, dLastImag + start, bytes);
    if (step == 0) {
      memory.fill(dAReal + start, 0, bytes);
      memory.fill(dAImag + start, 0, bytes);
    }
    for (let n = time - 1; n >= 0; n--) {
      const frame = <usize>(row * time + (reverse ? time - 1 - n : n));
      const here = frame * bytes;
      if (!isReal(mask, frame)) {
        memory.fill(dBReal + here, 0, bytes);
        memory.fill(dBImag + here, 0, bytes);
        if (step != 0) {
          memory.fill(dAReal + here, 0, bytes);
          memory.fill(dAImag + here, 0, bytes);
        }
        continue;
      }
      const p = earlier(mask, row, time, reverse, n);
      const place = <usize>(row * time + (reverse ? time - 1 - p : p)) * bytes;
      const pReal = p < 0 ? hReal + start : outputsReal + place;
      const pImag = p < 0 ? hImag + start : outputsImag + place;
      const factor = frame * step, target = step == 0 ? start : here;
      for (let at: usize = 0; at < bytes; ) {
        const ar = aReal + factor + at, ai = aImag + factor + at;
        const gr = dOutputsReal + here + at, gi = dOutputsImag + here + at;
        const cr = dHReal + start + at, ci = dHImag + start + at;
        const tr = dAReal + target + at, ti = dAImag + target + at;
        const br = dBReal + here + at, bi = dBImag + here + at;
        if (at < vectors) {
          retreatComplex(ar, ai, pReal + at, pImag + at, gr, gi, cr, ci, tr, ti, br, bi, step == 0, 16);
          at += 16;
        } else {
          retreatComplex(ar, ai, pReal + at, pImag + at, gr, gi, cr, ci, tr, ti, br, bi, step == 0, 4);
          at += 4;
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function retreatComplex(
  aReal: usize, aImag: usize, pReal: usize, pImag: usize, gReal: usize, gImag: usize, cReal: usize, cImag: usize,
  dAReal: usize, dAImag: usize, dBReal: usize, dBImag: usize, adds: bool, size: usize,
): void {
  const ar = load(aReal, size), ai = load(aImag, size), pr = load(pReal, size), pi = load(pImag, size);
  const dr = flush(f32x4.add(load(gReal, size), load(cReal, size)));
  const di = flush(f32x4.add(load(gImag, size), load(cImag, size)));
  store(dBReal, dr, size);
  store(dBImag, di, size);
  put(dAReal, madd(di, pi, f32x4.mul(dr, pr)), adds, size);
  put(dAImag, f32x4.sub(f32x4.mul(di, pr), f32x4.mul(dr, pi)), adds, size);
  store(cReal, flush(madd(ai, di, f32x4.mul(ar, dr))), size);
  store(cImag, flush(f32x4.sub(f32x4.mul(ar, di), f32x4.mul(ai, dr))), size);
}
