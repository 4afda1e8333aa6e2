import type { LstmActivations, LstmEngine, LstmInput, LstmInputGradients, LstmSizes } from './lstm-engine.ts';
import { accumulateProduct, pack } from './product.ts';
import { framesOf, sigmoid } from './sequence.ts';

/**
 * The LSTM in plain JavaScript: runs anywhere; the reference for all other engines. Sums in double precision.
 *
 * Backward, with gradients written as d and δ = d by the gates before their nonlinearities:
 *
 *   dc  += dh·σ(o)·(1 − tanh²c)
 *   δi = dc·tanh(g)·σ'(i)   δf = dc·cₜ₋₁·σ'(f)   δg = dc·σ(i)·(1 − tanh²g)   δo = dh·tanh(c)·σ'(o)
 *   dcₜ₋₁ = dc·σ(f)   dhₜ₋₁ = δ·recurrentKernelᵀ   dRecurrentKernel = Σₜ hₜ₋₁ᵀ·δₜ
 *
 * and with peepholes p:  dc += δo∘pₒ   dcₜ₋₁ += δi∘pᵢ + δf∘p_f   dpᵢ = Σₜ δi∘cₜ₋₁   dp_f = Σₜ δf∘cₜ₋₁   dpₒ = Σₜ δo∘cₜ
 */
export const javascriptLstm: LstmEngine = { name: 'javascript', forward, backward };

function forward(sizes: LstmSizes, input: LstmInput): LstmActivations {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const weights = pack(hidden, 4 * hidden, { values: input.recurrentKernel, rowStride: 4 * hidden, columnStride: 1 });
  const hs = new Float32Array(time * frame);
  const cs = new Float32Array(time * frame);
  const gates = input.projected.slice();
  const peepholes = input.peepholes ?? new Float32Array(3 * hidden);
  for (const { t, previous } of framesOf(time, input.reverse)) {
    const [h, c, start] = previous < 0 ? [input.h0, input.c0, 0] : [hs, cs, previous * frame];
    accumulateProduct(gates, 4 * t * frame, batch, { values: h, start, rowStride: hidden, columnStride: 1 }, weights);
    for (let row = 0; row < batch; row++) {
      const before = start + row * hidden;
      const at = t * frame + row * hidden;
      if (input.mask !== undefined && input.mask[t * batch + row] === 0) {
        hs.set(h.subarray(before, before + hidden), at);
        cs.set(c.subarray(before, before + hidden), at);
      } else activateRow(hidden, peepholes, gates, c, before, hs, cs, at);
    }
  }
  return { hs, cs, gates };
}

/** One row of one frame: puts the gates through their nonlinearities in place, and writes the new h and c at `at`. */
function activateRow(
  hidden: number,
  peepholes: Float32Array,
  gates: Float32Array,
  cBefore: Float32Array,
  before: number,
  hs: Float32Array,
  cs: Float32Array,
  at: number,
): void {
  let i = 4 * at;
  for (let unit = 0; unit < hidden; unit++, i++) {
    const f = i + hidden;
    const g = f + hidden;
    const o = g + hidden;
    const cOld = cBefore[before + unit] as number;
    const input = sigmoid((gates[i] as number) + cOld * (peepholes[unit] as number));
    const forget = sigmoid((gates[f] as number) + cOld * (peepholes[hidden + unit] as number));
    const candidate = Math.tanh(gates[g] as number);
    const c = forget * cOld + input * candidate;
    const output = sigmoid((gates[o] as number) + c * (peepholes[2 * hidden + unit] as number));
    gates[i] = input;
    gates[f] = forget;
    gates[g] = candidate;
    gates[o] = output;
    cs[at + unit] = c;
    hs[at + unit] = output * Math.tanh(c);
  }
}

function backward(
  sizes: LstmSizes,
  saved: Parameters<LstmEngine['backward']>[1],
  grads: Parameters<LstmEngine['backward']>[2],
): LstmInputGradients {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const { recurrentKernel, h0, c0, hs, cs, gates, mask, reverse } = saved;
  const transposed = pack(4 * hidden, hidden, { values: recurrentKernel, rowStride: 1, columnStride: 4 * hidden });
  const projected = new Float32Array(4 * time * frame);
  const peepholes = saved.peepholes ?? new Float32Array(3 * hidden);
  const dPeepholes = new Float64Array(3 * hidden);
  const hBefore = new Float32Array(time * frame);
  const dc = grads.cLast?.slice() ?? new Float32Array(frame);
  let dh = grads.hLast?.slice() ?? new Float32Array(frame);
  for (const { t, previous } of framesOf(time, reverse).reverse()) {
    const [h, c, start] = previous < 0 ? [h0, c0, 0] : [hs, cs, previous * frame];
    hBefore.set(h.subarray(start, start + frame), t * frame);
    for (let k = 0; k < frame; k++) dh[k] = (dh[k] as number) + (grads.hs[t * frame + k] as number);
    const dhBefore = new Float32Array(frame);
    for (let row = 0; row < batch; row++) {
      const from = row * hidden;
      if (mask !== undefined && mask[t * batch + row] === 0) {
        dhBefore.set(dh.subarray(from, from + hidden), from); // held: δ stays 0, dc is unchanged
      } else {
        const at = t * frame + from;
        differentiateRow(hidden, peepholes, gates, cs, at, c, start + from, dh, dc, from, projected);
        if (saved.peepholes !== undefined) addPeepholes(hidden, projected, cs, at, c, start + from, dPeepholes);
      }
    }
    const delta = { values: projected, start: 4 * t * frame, rowStride: 4 * hidden, columnStride: 1 };
    accumulateProduct(dhBefore, 0, batch, delta, transposed);
    dh = dhBefore;
  }
  const deltas = pack(time * batch, 4 * hidden, { values: projected, rowStride: 4 * hidden, columnStride: 1 });
  const weights = new Float32Array(4 * hidden * hidden);
  accumulateProduct(weights, 0, hidden, { values: hBefore, rowStride: 1, columnStride: hidden }, deltas);
  const byPeepholes = saved.peepholes && { peepholes: Float32Array.from(dPeepholes) };
  return { projected, recurrentKernel: weights, ...byPeepholes, h0: dh, c0: dc };
}

/** One row of one frame: writes δ to `projected`, and propagates `dc` back over the frame, in place. */
function differentiateRow(
  hidden: number,
  peepholes: Float32Array,
  gates: Float32Array,
  cs: Float32Array,
  at: number,
  cBefore: Float32Array,
  before: number,
  dhs: Float32Array,
  dcs: Float32Array,
  from: number,
  projected: Float32Array,
): void {
  let i = 4 * at;
  for (let unit = 0; unit < hidden; unit++, i++) {
    const f = i + hidden;
    const g = f + hidden;
    const o = g + hidden;
    const input = gates[i] as number;
    const forget = gates[f] as number;
    const candidate = gates[g] as number;
    const output = gates[o] as number;
    const squashed = Math.tanh(cs[at + unit] as number);
    const dh = dhs[from + unit] as number;
    const byO = dh * squashed * output * (1 - output);
    const past = (dcs[from + unit] as number) + byO * (peepholes[2 * hidden + unit] as number);
    const dc = past + dh * output * (1 - squashed * squashed);
    const byI = dc * candidate * input * (1 - input);
    const byF = dc * (cBefore[before + unit] as number) * forget * (1 - forget);
    projected[i] = byI;
    projected[f] = byF;
    projected[g] = dc * input * (1 - candidate * candidate);
    projected[o] = byO;
    const seen = byI * (peepholes[unit] as number) + byF * (peepholes[hidden + unit] as number);
    dcs[from + unit] = dc * forget + seen;
  }
}

/** Adds the contribution of one row of one frame, whose δ is in `projected`, to the gradient w.r.t. the peepholes. */
function addPeepholes(
  hidden: number,
  projected: Float32Array,
  cs: Float32Array,
  at: number,
  cBefore: Float32Array,
  before: number,
  dPeepholes: Float64Array,
): void {
  const add = (gate: number, delta: number, c: Float32Array, from: number): void => {
    for (let unit = 0; unit < hidden; unit++) {
      const k = gate * hidden + unit;
      const product = (projected[4 * at + delta * hidden + unit] as number) * (c[from + unit] as number);
      dPeepholes[k] = (dPeepholes[k] as number) + product;
    }
  };
  add(0, 0, cBefore, before);
  add(1, 1, cBefore, before);
  add(2, 3, cs, at);
}
