// The simple recurrent network over a whole sequence. Frames are in order; widths are padded to a multiple of 8. `hs` has
// time + 1 rows of frames: the state before frame t is at t, after it at t + 1 (reversed: the other way round). The
// padding of a state is multiplied by rows of zeros in the kernel.
import { flush, one, sigmoid, tanh } from './activations';
import { product } from './product';
import { addHeld, isMasked } from './weights';

/** Numbers of the activations; any other is σ. */
const TANH: i32 = 0;
const RELU: i32 = 1;

/**
 * The rows `from` to `to` of every frame. `hs` holds the first state, and the projected input in place of the states after each
 * frame, which overwrite it.
 */
export function forwardSimpleRnn(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, hs: usize, mask: usize, reverse: bool, activation: i32,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = 0; step < time; step++) {
    const t: usize = reverse ? time - 1 - step : step;
    const before = hs + frame * (t + (reverse ? 1 : 0));
    const after = hs + frame * (t + (reverse ? 0 : 1));
    product(before + first, size, packed, after + first, size, to - from, width, width, true);
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) memory.copy(after + at, before + at, size);
      else forwardRow(after + at, after + at + size, activation);
    }
  }
}

function forwardRow(h: usize, end: usize, activation: i32): void {
  for (; h < end; h += 16) {
    const x = v128.load(h);
    let y: v128;
    if (activation == TANH) y = flush(tanh(x));
    else if (activation == RELU) y = f32x4.max(x, f32x4.splat(0)); // not flushed: its gradient must not be lost, even if tiny
    else y = flush(sigmoid(x));
    v128.store(h, y);
  }
}

/**
 * The rows `from` to `to` of every frame. `dhs`, the gradient w.r.t. every h, becomes that by the projected input; `dh` (at first by the
 * final state) that by the initial state.
 */
export function backwardSimpleRnn(
  part: i32, from: i32, to: i32,
  time: i32, batch: i32, width: i32, packed: usize, hs: usize, mask: usize, reverse: bool, activation: i32,
  dhs: usize, dh: usize,
): void {
  const size = <usize>width << 2;
  const frame = <usize>batch * size;
  const first = <usize>from * size;
  for (let step = time - 1; step >= 0; step--) {
    const t: usize = reverse ? time - 1 - step : step;
    const after = hs + frame * (t + (reverse ? 0 : 1));
    const delta = dhs + frame * t;
    for (let row = from; row < to; row++) {
      const at = <usize>row * size;
      if (isMasked(mask, t * batch + row)) {
        addHeld(width, delta + at, dh + at);
        memory.fill(delta + at, 0, size);
      } else backwardRow(width, after + at, delta + at, dh + at, activation);
    }
    product(delta + first, size, packed, dh + first, size, to - from, width, width, true);
  }
}

function backwardRow(width: i32, h: usize, dhs: usize, dh: usize, activation: i32): void {
  const end = h + (<usize>width << 2);
  for (; h < end; h += 16) {
    const y = v128.load(h);
    const byH = f32x4.add(v128.load(dh), v128.load(dhs));
    let delta: v128;
    if (activation == TANH) delta = f32x4.mul(byH, f32x4.sub(one(), f32x4.mul(y, y)));
    else if (activation == RELU) delta = v128.andnot(byH, f32x4.le(y, f32x4.splat(0)));
    else delta = f32x4.mul(byH, f32x4.mul(y, f32x4.sub(one(), y)));
    v128.store(dhs, flush(delta));
    v128.store(dh, f32x4.splat(0));
    dhs += 16;
    dh += 16;
  }
}
