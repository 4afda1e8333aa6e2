// The LSTM over a whole sequence. Frames lie in their order; widths are padded to a multiple of 8 with zeros, which stay zero.
// `hs` and `cs` have time + 1 rows of frames: the state before frame t lies at t, after it at t + 1 (reversed: the other way round).
import { flush, madd, one, sigmoid, tanh } from './activations';
import { product } from './product';
import { addHeld, isMasked } from './weights';

/**
 * The rows `from` to `to` of every frame. `gates` holds the projected input and becomes σ(i), σ(f), tanh(g), σ(o). `mask` is 0
 * where there is none.
 */
export function forwardLstm(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, gates: usize, hs: usize, cs: usize, mask: usize, reverse: bool,
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
      } else forwardRow(width, z + 4 * at, cs + before + at, cs + after + at, hs + after + at);
    }
  }
}

function forwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize): void {
  const step = <usize>width << 2;
  const end = z + step;
  while (z < end) {
    const i = sigmoid(v128.load(z));
    const f = sigmoid(v128.load(z + step));
    const g = tanh(v128.load(z + 2 * step));
    const o = sigmoid(v128.load(z + 3 * step));
    const c = flush(madd(f, v128.load(cBefore), f32x4.mul(i, g)));
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
  dhs: usize, dh: usize, dc: usize,
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
      } else backwardRow(width, z + 4 * at, cs + before + at, cs + after + at, dhs + frame * t + at, dh + at, dc + at);
    }
    product(z + 4 * first, 4 * size, packed, dh + first, size, to - from, 4 * width, width, true);
  }
}

function backwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, dhs: usize, dh: usize, dc: usize): void {
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
    const byC = madd(byO, f32x4.sub(one(), f32x4.mul(tanhC, tanhC)), v128.load(dc));
    const byCi = f32x4.mul(byC, i);
    const byCf = f32x4.mul(byC, f);
    v128.store(z, flush(f32x4.mul(f32x4.mul(byCi, g), f32x4.sub(one(), i))));
    v128.store(z + step, flush(f32x4.mul(f32x4.mul(byCf, v128.load(cBefore)), f32x4.sub(one(), f))));
    v128.store(z + 2 * step, flush(f32x4.mul(byCi, f32x4.sub(one(), f32x4.mul(g, g)))));
    v128.store(z + 3 * step, flush(f32x4.mul(f32x4.mul(byO, tanhC), f32x4.sub(one(), o))));
    v128.store(dc, flush(byCf));
    v128.store(dh, f32x4.splat(0));
    z += 16;
    cBefore += 16;
    cAfter += 16;
    dhs += 16;
    dh += 16;
    dc += 16;
  }
}
