import { accumulateProduct, pack } from './product.ts';
import { framesOf, type SequenceSizes, sigmoid, statesBefore } from './sequence.ts';
import type {
  SimpleRnnActivations,
  SimpleRnnEngine,
  SimpleRnnInput,
  SimpleRnnInputGradients,
} from './simple-rnn-engine.ts';

/** Each activation, and its derivative as a function of its result. */
const activations = {
  tanh: { of: Math.tanh, slope: (y: number) => 1 - y * y },
  relu: { of: (x: number) => Math.max(x, 0), slope: (y: number) => (y <= 0 ? 0 : 1) },
  sigmoid: { of: sigmoid, slope: (y: number) => y * (1 - y) },
};

/**
 * The simple recurrent network in plain JavaScript: runs anywhere; the reference for all other engines. Sums in
 * double precision.
 *
 * Backward, with gradients written as d and δ = d by the pre-activation:
 *
 *   δ = dh·f'(hₜ)   dhₜ₋₁ = δ·recurrentKernelᵀ   dRecurrentKernel = Σₜ hₜ₋₁ᵀ·δₜ   dProjected = δ
 */
export const javascriptSimpleRnn: SimpleRnnEngine = { name: 'javascript', forward, backward };

function forward(sizes: SequenceSizes, input: SimpleRnnInput): SimpleRnnActivations {
  const { time, batch, hidden } = sizes;
  const { h0, mask, reverse, recurrentKernel } = input;
  const activate = activations[input.activation].of;
  const frame = batch * hidden;
  const weights = pack(hidden, hidden, { values: recurrentKernel, rowStride: hidden, columnStride: 1 });
  const hs = input.projected.slice();
  for (const { t, previous } of framesOf(time, reverse)) {
    const [h, start] = previous < 0 ? [h0, 0] : [hs, previous * frame];
    accumulateProduct(hs, t * frame, batch, { values: h, start, rowStride: hidden, columnStride: 1 }, weights);
    for (let row = 0; row < batch; row++) {
      const before = start + row * hidden;
      const at = t * frame + row * hidden;
      if (mask !== undefined && mask[t * batch + row] === 0) hs.set(h.subarray(before, before + hidden), at);
      else for (let i = at; i < at + hidden; i++) hs[i] = activate(hs[i] as number);
    }
  }
  return { hs };
}

function backward(
  sizes: SequenceSizes,
  { activation, recurrentKernel, h0, hs, mask, reverse }: Parameters<SimpleRnnEngine['backward']>[1],
  grads: Parameters<SimpleRnnEngine['backward']>[2],
): SimpleRnnInputGradients {
  const { time, batch, hidden } = sizes;
  const frame = batch * hidden;
  const { slope } = activations[activation];
  const transposed = pack(hidden, hidden, { values: recurrentKernel, rowStride: 1, columnStride: hidden });
  const projected = new Float32Array(time * frame);
  const dh = grads.hLast?.slice() ?? new Float32Array(frame);
  for (const { t } of framesOf(time, reverse).reverse()) {
    for (let k = 0; k < frame; k++) dh[k] = (dh[k] as number) + (grads.hs[t * frame + k] as number);
    for (let row = 0; row < batch; row++) {
      if (mask !== undefined && mask[t * batch + row] === 0) continue; // held: δ stays 0, dh is unchanged
      for (let k = row * hidden; k < (row + 1) * hidden; k++) {
        projected[t * frame + k] = (dh[k] as number) * slope(hs[t * frame + k] as number);
        dh[k] = 0;
      }
    }
    const delta = { values: projected, start: t * frame, rowStride: hidden, columnStride: 1 };
    accumulateProduct(dh, 0, batch, delta, transposed);
  }
  const before = statesBefore(sizes, hs, h0, reverse);
  const deltas = pack(time * batch, hidden, { values: projected, rowStride: hidden, columnStride: 1 });
  const weights = new Float32Array(hidden * hidden);
  accumulateProduct(weights, 0, hidden, { values: before, rowStride: 1, columnStride: hidden }, deltas);
  return { projected, recurrentKernel: weights, h0: dh };
}
