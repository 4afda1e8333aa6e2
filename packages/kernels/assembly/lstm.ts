// One row of one frame of the LSTM, two vectors at a time, which V8 can fuse to one twice as wide.
import { flush, madd, one, sigmoid, store2, tanh } from './activations';

export function forwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, hAfter: usize): void {
  const step = <usize>width << 2;
  const end = z + step;
  while (z < end) {
    const before0 = v128.load(cBefore);
    const before1 = v128.load(cBefore, 16);
    const zi0 = v128.load(z);
    const zi1 = v128.load(z, 16);
    const zf0 = v128.load(z + step);
    const zf1 = v128.load(z + step, 16);
    const zo0 = v128.load(z + 3 * step);
    const zo1 = v128.load(z + 3 * step, 16);
    const i0 = sigmoid(zi0);
    const i1 = sigmoid(zi1);
    const f0 = sigmoid(zf0);
    const f1 = sigmoid(zf1);
    const g0 = tanh(v128.load(z + 2 * step));
    const g1 = tanh(v128.load(z + 2 * step, 16));
    const c0 = flush(madd(f0, before0, f32x4.mul(i0, g0)));
    const c1 = flush(madd(f1, before1, f32x4.mul(i1, g1)));
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

export function backwardRow(width: i32, z: usize, cBefore: usize, cAfter: usize, dhs: usize, dh: usize, dc: usize): void {
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
    const byC0 = madd(byO0, f32x4.sub(one(), f32x4.mul(tanhC0, tanhC0)), v128.load(dc));
    const byC1 = madd(byO1, f32x4.sub(one(), f32x4.mul(tanhC1, tanhC1)), v128.load(dc, 16));
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
    store2(z, deltaI0, deltaI1);
    store2(z + step, deltaF0, deltaF1);
    store2(z + 2 * step, deltaG0, deltaG1);
    store2(z + 3 * step, deltaO0, deltaO1);
    store2(dc, flush(byCf0), flush(byCf1));
    store2(dh, f32x4.splat(0), f32x4.splat(0));
    z += 32;
    cBefore += 32;
    cAfter += 32;
    dhs += 32;
    dh += 32;
    dc += 32;
  }
}
