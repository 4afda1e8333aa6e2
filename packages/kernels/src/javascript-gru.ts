import type { GruActivations, GruEngine, GruInput, GruInputGradients } from './gru-engine.ts';
import { accumulateProduct, pack } from './product.ts';
import { framesOf, type SequenceSizes, sigmoid, statesBefore } from './sequence.ts';

/**
 * The GRU in plain JavaScript: runs anywhere; the reference for all other engines. Sums in double precision.
 *
 * Backward, with gradients written as d and δ = d by the gates before their nonlinearities:
 *
 *   δz = dh·(hₜ₋₁ − n)·σ'(z)   δn = dh·(1 − z)·(1 − n²)   δr = δn·s·σ'(r)   ds = δn·r
 *   dhₜ₋₁ = dh·z + [δz, δr, ds]·recurrentKernelᵀ
 *   dRecurrentKernel = Σₜ hₜ₋₁ᵀ·[δz, δr, ds]   dRecurrentBias = Σₜ ds   dProjected = [δz, δr, δn]
 */
export const javascriptGru: GruEngine = { name: 'javascript', forward, backward };

function forward(sizes: SequenceSizes, input: GruInput): GruActivations {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const weights = pack(hidden, 3 * hidden, { values: input.recurrentKernel, rowStride: 3 * hidden, columnStride: 1 });
  const hs = new Float32Array(time * frame);
  const gates = input.projected.slice();
  const candidates = new Float32Array(time * frame);
  for (let row = 0; row < time * batch; row++) {
    const n = (3 * row + 2) * hidden;
    candidates.set(gates.subarray(n, n + hidden), row * hidden);
    gates.set(input.recurrentBias, n);
  }
  for (const { t, previous } of framesOf(time, input.reverse)) {
    const [h, start] = previous < 0 ? [input.h0, 0] : [hs, previous * frame];
    accumulateProduct(gates, 3 * t * frame, batch, { values: h, start, rowStride: hidden, columnStride: 1 }, weights);
    for (let row = 0; row < batch; row++) {
      const before = start + row * hidden;
      const at = t * frame + row * hidden;
      if (input.mask !== undefined && input.mask[t * batch + row] === 0) {
        hs.set(h.subarray(before, before + hidden), at);
      } else activateRow(hidden, gates, candidates, h, before, hs, at);
    }
  }
  return { hs, gates, candidates };
}

/** One row of one frame: puts gates and candidates through their nonlinearities in place, and writes the new h at `at`. */
function activateRow(
  hidden: number,
  gates: Float32Array,
  candidates: Float32Array,
  hBefore: Float32Array,
  before: number,
  hs: Float32Array,
  at: number,
): void {
  let i = 3 * at;
  for (let unit = 0; unit < hidden; unit++, i++) {
    const z = sigmoid(gates[i] as number);
    const r = sigmoid(gates[i + hidden] as number);
    const s = gates[i + 2 * hidden] as number;
    const n = Math.tanh((candidates[at + unit] as number) + r * s);
    gates[i] = z;
    gates[i + hidden] = r;
    candidates[at + unit] = n;
    hs[at + unit] = n + z * ((hBefore[before + unit] as number) - n);
  }
}

function backward(
  sizes: SequenceSizes,
  saved: Parameters<GruEngine['backward']>[1],
  grads: Parameters<GruEngine['backward']>[2],
): GruInputGradients {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const { recurrentKernel, h0, hs, mask, reverse } = saved;
  const transposed = pack(3 * hidden, hidden, { values: recurrentKernel, rowStride: 1, columnStride: 3 * hidden });
  const before = statesBefore(sizes, hs, h0, reverse);
  const projected = new Float32Array(3 * time * frame);
  const recurrent = new Float32Array(3 * time * frame); // [δz, δr, ds]
  const bias = new Float64Array(hidden);
  const dh = grads.hLast?.slice() ?? new Float32Array(frame);
  for (const { t } of framesOf(time, reverse).reverse()) {
    for (let k = 0; k < frame; k++) dh[k] = (dh[k] as number) + (grads.hs[t * frame + k] as number);
    for (let row = 0; row < batch; row++) {
      if (mask !== undefined && mask[t * batch + row] === 0) continue; // held: δ stays 0, dh is unchanged
      differentiateRow(hidden, saved, before, t * frame + row * hidden, dh, row * hidden, projected, recurrent, bias);
    }
    const delta = { values: recurrent, start: 3 * t * frame, rowStride: 3 * hidden, columnStride: 1 };
    accumulateProduct(dh, 0, batch, delta, transposed);
  }
  const deltas = pack(time * batch, 3 * hidden, { values: recurrent, rowStride: 3 * hidden, columnStride: 1 });
  const weights = new Float32Array(3 * hidden * hidden);
  accumulateProduct(weights, 0, hidden, { values: before, rowStride: 1, columnStride: hidden }, deltas);
  return { projected, recurrentKernel: weights, recurrentBias: Float32Array.from(bias), h0: dh };
}

/** One row of one frame: writes δ and ds, adds ds to `bias`, and propagates `dhs` back over the frame, except for the product. */
function differentiateRow(
  hidden: number,
  { gates, candidates }: GruActivations,
  hBefore: Float32Array,
  at: number,
  dhs: Float32Array,
  from: number,
  projected: Float32Array,
  recurrent: Float32Array,
  bias: Float64Array,
): void {
  for (let unit = 0, i = 3 * at; unit < hidden; unit++, i++) {
    const z = gates[i] as number;
    const r = gates[i + hidden] as number;
    const s = gates[i + 2 * hidden] as number;
    const n = candidates[at + unit] as number;
    const dh = dhs[from + unit] as number;
    const dz = dh * ((hBefore[at + unit] as number) - n) * z * (1 - z);
    const dn = dh * (1 - z) * (1 - n * n);
    const dr = dn * s * r * (1 - r);
    projected[i] = recurrent[i] = dz;
    projected[i + hidden] = recurrent[i + hidden] = dr;
    projected[i + 2 * hidden] = dn;
    recurrent[i + 2 * hidden] = dn * r;
    bias[unit] = (bias[unit] as number) + dn * r;
    dhs[from + unit] = dh * z;
  }
}
