import { accumulateProduct, type Panels, pack } from './product.ts';
import type {
  ResetBeforeGruActivations,
  ResetBeforeGruEngine,
  ResetBeforeGruInput,
  ResetBeforeGruInputGradients,
} from './reset-before-gru-engine.ts';
import { framesOf, type SequenceSizes, sigmoid, statesBefore } from './sequence.ts';

/**
 * The GRU whose reset gate acts before the product, in plain JavaScript: runs anywhere; the reference for all other engines.
 *
 * Backward, with gradients written as d and δ = d by the gates before their nonlinearities, s = r∘hₜ₋₁:
 *
 *   δz = dh·(hₜ₋₁ − n)·σ'(z)   δn = dh·(1 − z)·(1 − n²)   ds = δn·Unᵀ   δr = ds·hₜ₋₁·σ'(r)
 *   dhₜ₋₁ = dh·z + ds·r + [δz, δr]·[Uz, Ur]ᵀ
 *   d[Uz, Ur] = Σₜ hₜ₋₁ᵀ·[δz, δr]   dUn = Σₜ sᵀ·δn   dProjected = [δz, δr, δn]
 */
export const javascriptResetBeforeGru: ResetBeforeGruEngine = { name: 'javascript', forward, backward };

function forward(sizes: SequenceSizes, input: ResetBeforeGruInput): ResetBeforeGruActivations {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const values = input.recurrentKernel;
  const weights = pack(hidden, 2 * hidden, { values, rowStride: 3 * hidden, columnStride: 1 });
  const candidate = pack(hidden, hidden, { values, start: 2 * hidden, rowStride: 3 * hidden, columnStride: 1 });
  const hs = new Float32Array(time * frame);
  const gates = input.projected.slice();
  const sums = new Float32Array(2 * frame);
  const resets = new Float32Array(frame);
  for (const { t, previous } of framesOf(time, input.reverse)) {
    const [h, start] = previous < 0 ? [input.h0, 0] : [hs, previous * frame];
    multiply(sums, batch, { values: h, start, rowStride: hidden, columnStride: 1 }, weights);
    for (let k = 0; k < frame; k++) {
      const [z, unit] = [placeOf(t * frame + k, hidden), k % hidden];
      const sum = 2 * k - unit;
      gates[z] = sigmoid((gates[z] as number) + (sums[sum] as number));
      gates[z + hidden] = sigmoid((gates[z + hidden] as number) + (sums[sum + hidden] as number));
      resets[k] = (gates[z + hidden] as number) * (h[start + k] as number);
    }
    const products = sums.subarray(0, frame);
    multiply(products, batch, { values: resets, rowStride: hidden, columnStride: 1 }, candidate);
    for (let k = 0; k < frame; k++) {
      const z = placeOf(t * frame + k, hidden);
      const n = Math.tanh((gates[z + 2 * hidden] as number) + (products[k] as number));
      gates[z + 2 * hidden] = n;
      const before = h[start + k] as number;
      const isHeld = input.mask?.[t * batch + Math.floor(k / hidden)] === 0;
      hs[t * frame + k] = isHeld ? before : n + (gates[z] as number) * (before - n);
    }
  }
  return { hs, gates };
}

function backward(
  sizes: SequenceSizes,
  saved: Parameters<ResetBeforeGruEngine['backward']>[1],
  grads: Parameters<ResetBeforeGruEngine['backward']>[2],
): ResetBeforeGruInputGradients {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const { recurrentKernel: values, h0, hs, gates, mask, reverse } = saved;
  const transposed = pack(2 * hidden, hidden, { values, rowStride: 1, columnStride: 3 * hidden });
  const candidate = pack(hidden, hidden, { values, start: 2 * hidden, rowStride: 1, columnStride: 3 * hidden });
  const before = statesBefore(sizes, hs, h0, reverse);
  const projected = new Float32Array(3 * time * frame);
  const resets = new Float32Array(time * frame);
  const dResets = new Float32Array(frame);
  const dh = grads.hLast?.slice() ?? new Float32Array(frame);
  for (const { t } of framesOf(time, reverse).reverse()) {
    const isReal = (k: number): boolean => mask?.[t * batch + Math.floor(k / hidden)] !== 0;
    const delta = { values: projected, rowStride: 3 * hidden, columnStride: 1 };
    for (let k = 0, at = t * frame; k < frame; k++, at++) {
      const byH = (dh[k] as number) + (grads.hs[at] as number);
      dh[k] = byH;
      if (!isReal(k)) continue; // held: δ stays 0, dh is unchanged
      const place = placeOf(at, hidden);
      const z = gates[place] as number;
      const n = gates[place + 2 * hidden] as number;
      const h = before[at] as number;
      resets[at] = (gates[place + hidden] as number) * h;
      projected[place] = byH * (h - n) * z * (1 - z);
      projected[place + 2 * hidden] = byH * (1 - z) * (1 - n * n);
      dh[k] = byH * z;
    }
    multiply(dResets, batch, { ...delta, start: 3 * t * frame + 2 * hidden }, candidate);
    for (let k = 0, at = t * frame; k < frame; k++, at++) {
      if (!isReal(k)) continue;
      const place = placeOf(at, hidden) + hidden;
      const r = gates[place] as number;
      const byR = (dResets[k] as number) * r;
      projected[place] = byR * (before[at] as number) * (1 - r);
      dh[k] = (dh[k] as number) + byR;
    }
    accumulateProduct(dh, 0, batch, { ...delta, start: 3 * t * frame }, transposed);
  }
  return { projected, recurrentKernel: kernelGradient(sizes, projected, before, resets), h0: dh };
}

function kernelGradient(
  { time, batch, hidden }: SequenceSizes,
  deltas: Float32Array,
  before: Float32Array,
  resets: Float32Array,
): Float32Array {
  const rows = time * batch;
  const kernel = new Float32Array(3 * hidden * hidden);
  for (const [gate, states] of [before, before, resets].entries()) {
    const view = { values: deltas, start: gate * hidden, rowStride: 3 * hidden, columnStride: 1 };
    const product = new Float32Array(hidden * hidden);
    multiply(product, hidden, { values: states, rowStride: 1, columnStride: hidden }, pack(rows, hidden, view));
    for (let row = 0; row < hidden; row++) {
      kernel.set(product.subarray(row * hidden, (row + 1) * hidden), (3 * row + gate) * hidden);
    }
  }
  return kernel;
}

/** out = left·right. */
function multiply(out: Float32Array, rows: number, left: Parameters<typeof accumulateProduct>[3], right: Panels): void {
  out.fill(0);
  accumulateProduct(out, 0, rows, left, right);
}

/** The index of z in [rows, 3·hidden] for index `at` in [rows, hidden]. */
function placeOf(at: number, hidden: number): number {
  return 3 * at - 2 * (at % hidden);
}
