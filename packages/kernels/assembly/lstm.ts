// The LSTM over a whole sequence. Frames lie in their order; widths are padded to a multiple of 8 with zeros, which stay zero.
// `hs` and `cs` have time + 1 rows of frames: the state before frame t lies at t, after it at t + 1 (reversed: the other way round).
import { flush, madd, one, sigmoid, tanh } from './activations';
import { product } from './product';
import { addHeld, isMasked } from './weights';

/**
 * The rows `from` to `to` of every frame. `gates` holds the projected input and becomes σ(i), σ(f), tanh(g), σ(o). `mask` is 0
 * where there is none, and so are `peepholes`, rows of i, f and o.
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

function forwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize): void {
  activate(false, width, z, cBefore, cAfter, hAfter, 0);
}

function forwardPeepholeRow(width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize, peepholes: usize): void {
  activate(true, width, z, cBefore, cAfter, hAfter, peepholes);
}

/** One row of one frame. Whether there are peepholes is a constant where this is inlined, so that what is not needed vanishes. */
// @ts-ignore: decorator
@inline
function activate(
  peeping: bool, width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize, peepholes: usize,
): void {
  const step = <usize>width << 2;
  const end = z + step;
  while (z < end) {
    const before = v128.load(cBefore);
    let zi = v128.load(z);
    let zf = v128.load(z + step);
    let zo = v128.load(z + 3 * step);
    if (peeping) {
      zi = madd(v128.load(peepholes), before, zi);
      zf = madd(v128.load(peepholes + step), before, zf);
    }
    const i = sigmoid(zi);
    const f = sigmoid(zf);
    const g = tanh(v128.load(z + 2 * step));
    const c = flush(madd(f, before, f32x4.mul(i, g)));
    if (peeping) {
      zo = madd(v128.load(peepholes + 2 * step), c, zo);
      peepholes += 16;
    }
    const o = sigmoid(zo);
    v128.store(z, i);
    v128.store(z + step, f);
    v128.store(z + 2 * step, g);
    v128.store(z + 3 * step, o);
    v128.store(cAfter, c);
    v128.store(hAfter, flush(f32x4.mul(o, tanh(c))));
    z += 16;
    cBefore += 16;
    cAfter += 16;
    hAfter += 16;
  }
}

/**
 * The rows `from` to `to` of every frame. `gates` becomes the gradient by the projected input, `dh` and `dc` (at first by the final
 * state) that by the initial state. `dhs` is the gradient by every h.
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

function backwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, dhs: usize, dh: usize, dc: usize): void {
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
    const i = v128.load(z);
    const f = v128.load(z + step);
    const g = v128.load(z + 2 * step);
    const o = v128.load(z + 3 * step);
    const tanhC = tanh(v128.load(cAfter));
    const byH = f32x4.add(v128.load(dh), v128.load(dhs));
    const byO = f32x4.mul(byH, o);
    const deltaO = flush(f32x4.mul(f32x4.mul(byO, tanhC), f32x4.sub(one(), o)));
    let byC = madd(byO, f32x4.sub(one(), f32x4.mul(tanhC, tanhC)), v128.load(dc));
    if (peeping) byC = madd(deltaO, v128.load(peepholes + 2 * step), byC);
    const byCi = f32x4.mul(byC, i);
    const byCf = f32x4.mul(byC, f);
    const deltaI = flush(f32x4.mul(f32x4.mul(byCi, g), f32x4.sub(one(), i)));
    const deltaF = flush(f32x4.mul(f32x4.mul(byCf, v128.load(cBefore)), f32x4.sub(one(), f)));
    v128.store(z, deltaI);
    v128.store(z + step, deltaF);
    v128.store(z + 2 * step, flush(f32x4.mul(byCi, f32x4.sub(one(), f32x4.mul(g, g)))));
    v128.store(z + 3 * step, deltaO);
    let byBefore = byCf;
    if (peeping) {
      byBefore = madd(deltaI, v128.load(peepholes), madd(deltaF, v128.load(peepholes + step), byCf));
      peepholes += 16;
    }
    v128.store(dc, flush(byBefore));
    v128.store(dh, f32x4.splat(0));
    z += 16;
    cBefore += 16;
    cAfter += 16;
    dhs += 16;
    dh += 16;
    dc += 16;
  }
}
