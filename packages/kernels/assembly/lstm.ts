// The LSTM over a whole sequence. Frames are in order; widths are padded to a multiple of 8 with zeros, which stay zero.
// `hs` and `cs` have time + 1 rows of frames: the state before frame t is at t, after it at t + 1 (reversed: the other way round).
import { flush, madd, one, sigmoid, store2, tanh } from './activations';
import { product } from './product';
import { addHeld, isMasked } from './weights';

/**
 * The rows `from` to `to` of every frame. `gates` holds the projected input and becomes σ(i), σ(f), tanh(g), σ(o). `mask` is 0
 * if there is none, and so are `peepholes`, rows of i, f and o.
 */
export function forwardLstm(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, gates: usize, hs: usize, cs: usize, mask: usize, reverse: bool,
  peepholes: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = 0; step < time; step++) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = frame * (t + (reverse ? 1 : 0));
    const after = frame * (t + (reverse ? 0 : 1));
    const z = gates + 4 * frame * t;
    product(hs + before + first, size, packed, z + 4 * first, 4 * size, to - from, width, 4 * width, true);
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) {
        memory.copy(hs + after + at, hs + before + at, size);
        memory.copy(cs + after + at, cs + before + at, size);
      } else if (peepholes) {
        forwardPeepholeRow(width, z + 4 * at, cs + before + at, cs + after + at, hs + after + at, peepholes);
      } else forwardRow(width, z + 4 * at, cs + before + at, cs + after + at, hs + after + at);
    }
  }
}

export function forwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize): void {
  activate(false, width, z, cBefore, cAfter, hAfter, 0);
}

function forwardPeepholeRow(width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize, peepholes: usize): void {
  activate(true, width, z, cBefore, cAfter, hAfter, peepholes);
}

/**
 * One row of one frame, two vectors at a time, which V8 can fuse to one twice as wide. Whether there are peepholes is a constant where
 * this is inlined, so that unused code is eliminated.
 */
// @ts-ignore: decorator
@inline
function activate(
  peeping: bool, width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize, peepholes: usize,
): void {
  const step = <usize>width << 2;
  const end = z + step;
  while (z < end) {
    const before0 = v128.load(cBefore);
    const before1 = v128.load(cBefore, 16);
    let zi0 = v128.load(z);
    let zi1 = v128.load(z, 16);
    let zf0 = v128.load(z + step);
    let zf1 = v128.load(z + step, 16);
    let zo0 = v128.load(z + 3 * step);
    let zo1 = v128.load(z + 3 * step, 16);
    if (peeping) {
      zi0 = madd(v128.load(peepholes), before0, zi0);
      zi1 = madd(v128.load(peepholes, 16), before1, zi1);
      zf0 = madd(v128.load(peepholes + step), before0, zf0);
      zf1 = madd(v128.load(peepholes + step, 16), before1, zf1);
    }
    const i0 = sigmoid(zi0);
    const i1 = sigmoid(zi1);
    const f0 = sigmoid(zf0);
    const f1 = sigmoid(zf1);
    const g0 = tanh(v128.load(z + 2 * step));
    const g1 = tanh(v128.load(z + 2 * step, 16));
    const c0 = flush(madd(f0, before0, f32x4.mul(i0, g0)));
    const c1 = flush(madd(f1, before1, f32x4.mul(i1, g1)));
    if (peeping) {
      zo0 = madd(v128.load(peepholes + 2 * step), c0, zo0);
      zo1 = madd(v128.load(peepholes + 2 * step, 16), c1, zo1);
      peepholes += 32;
    }
    const o0 = sigmoid(zo0);
    const o1 = sigmoid(zo1);
    const h0 = flush(f32x4.mul(o0, tanh(c0)));
    const h1 = flush(f32x4.mul(o1, tanh(c1)));
    store2(z, i0, i1);
    store2(z + step, f0, f1);
    store2(z + 2 * step, g0, g1);
    store2(z + 3 * step, o0, o1);
    store2(cAfter, c0, c1);
    store2(hAfter, h0, h1);
    z += 32;
    cBefore += 32;
    cAfter += 32;
    hAfter += 32;
  }
}

/**
 * The rows `from` to `to` of every frame. `gates` becomes the gradient w.r.t. the projected input, `dh` and `dc` (at first by the final
 * state) that by the initial state. `dhs` is the gradient w.r.t. every h.
 */
export function backwardLstm(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, gates: usize, cs: usize, mask: usize, reverse: bool,
  dhs: usize, dh: usize, dc: usize, peepholes: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = time - 1; step >= 0; step--) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = frame * (t + (reverse ? 1 : 0));
    const after = frame * (t + (reverse ? 0 : 1));
    const z = gates + 4 * frame * t;
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) {
        addHeld(width, dhs + frame * t + at, dh + at);
        memory.fill(z + 4 * at, 0, 4 * size);
      } else if (peepholes) {
        const byH = dhs + frame * t + at;
        backwardPeepholeRow(width, z + 4 * at, cs + before + at, cs + after + at, byH, dh + at, dc + at, peepholes);
      } else backwardRow(width, z + 4 * at, cs + before + at, cs + after + at, dhs + frame * t + at, dh + at, dc + at);
    }
    product(z + 4 * first, 4 * size, packed, dh + first, size, to - from, 4 * width, width, true);
  }
}

export function backwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, dhs: usize, dh: usize, dc: usize): void {
  differentiate(false, width, z, cBefore, cAfter, dhs, dh, dc, 0);
}

function backwardPeepholeRow(
  width: i32, z: usize, cBefore: usize, cAfter: usize, dhs: usize, dh: usize, dc: usize, peepholes: usize,
): void {
  differentiate(true, width, z, cBefore, cAfter, dhs, dh, dc, peepholes);
}

/** One row of one frame, as `activate`. */
// @ts-ignore: decorator
@inline
function differentiate(
  peeping: bool, width: i32, z: usize, cBefore: usize, cAfter: usize, dhs: usize, dh: usize, dc: usize, peepholes: usize,
): void {
  const step = <usize>width << 2;
  const end = z + step;
  while (z < end) {
    const i0 = v128.load(z);
    const i1 = v128.load(z, 16);
    const f0 = v128.load(z + step);
    const f1 = v128.load(z + step, 16);
    const g0 = v128.load(z + 2 * step);
    const g1 = v128.load(z + 2 * step, 16);
    const o0 = v128.load(z + 3 * step);
    const o1 = v128.load(z + 3 * step, 16);
    const tanhC0 = tanh(v128.load(cAfter));
    const tanhC1 = tanh(v128.load(cAfter, 16));
    const byO0 = f32x4.mul(f32x4.add(v128.load(dh), v128.load(dhs)), o0);
    const byO1 = f32x4.mul(f32x4.add(v128.load(dh, 16), v128.load(dhs, 16)), o1);
    const deltaO0 = flush(f32x4.mul(f32x4.mul(byO0, tanhC0), f32x4.sub(one(), o0)));
    const deltaO1 = flush(f32x4.mul(f32x4.mul(byO1, tanhC1), f32x4.sub(one(), o1)));
    let byC0 = madd(byO0, f32x4.sub(one(), f32x4.mul(tanhC0, tanhC0)), v128.load(dc));
    let byC1 = madd(byO1, f32x4.sub(one(), f32x4.mul(tanhC1, tanhC1)), v128.load(dc, 16));
    if (peeping) {
      byC0 = madd(deltaO0, v128.load(peepholes + 2 * step), byC0);
      byC1 = madd(deltaO1, v128.load(peepholes + 2 * step, 16), byC1);
    }
    const byCi0 = f32x4.mul(byC0, i0);
    const byCi1 = f32x4.mul(byC1, i1);
    const byCf0 = f32x4.mul(byC0, f0);
    const byCf1 = f32x4.mul(byC1, f1);
    const deltaI0 = flush(f32x4.mul(f32x4.mul(byCi0, g0), f32x4.sub(one(), i0)));
    const deltaI1 = flush(f32x4.mul(f32x4.mul(byCi1, g1), f32x4.sub(one(), i1)));
    const deltaF0 = flush(f32x4.mul(f32x4.mul(byCf0, v128.load(cBefore)), f32x4.sub(one(), f0)));
    const deltaF1 = flush(f32x4.mul(f32x4.mul(byCf1, v128.load(cBefore, 16)), f32x4.sub(one(), f1)));
    const deltaG0 = flush(f32x4.mul(byCi0, f32x4.sub(one(), f32x4.mul(g0, g0))));
    const deltaG1 = flush(f32x4.mul(byCi1, f32x4.sub(one(), f32x4.mul(g1, g1))));
    let byBefore0 = byCf0;
    let byBefore1 = byCf1;
    if (peeping) {
      byBefore0 = madd(deltaI0, v128.load(peepholes), madd(deltaF0, v128.load(peepholes + step), byCf0));
      byBefore1 = madd(deltaI1, v128.load(peepholes, 16), madd(deltaF1, v128.load(peepholes + step, 16), byCf1));
      peepholes += 32;
    }
    store2(z, deltaI0, deltaI1);
    store2(z + step, deltaF0, deltaF1);
    store2(z + 2 * step, deltaG0, deltaG1);
    store2(z + 3 * step, deltaO0, deltaO1);
    store2(dc, flush(byBefore0), flush(byBefore1));
    store2(dh, f32x4.splat(0), f32x4.splat(0));
    z += 32;
    cBefore += 32;
    cAfter += 32;
    dhs += 32;
    dh += 32;
    dc += 32;
  }
}
