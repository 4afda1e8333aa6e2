import type { SequenceSizes } from '../src/sequence.ts';
import {
  at,
  dot,
  type Lengths,
  makeMask,
  type Numbers,
  order,
  put,
  type SequenceGradients,
  type SequenceInput,
  seeded,
  sigmoid,
} from './exact.ts';

/** The GRU whose reset gate acts before the product, by its equations, in float64. Gates of masked frames are zeros. */
export function exactForward({ time, batch, hidden }: SequenceSizes, input: SequenceInput<Numbers>) {
  const hs = new Float64Array(time * batch * hidden);
  const gates = new Float64Array(3 * hs.length);
  let h = Float64Array.from(input.h0);
  for (const t of order(time, input.reverse)) {
    const next = h.slice();
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      const first = (t * batch + row) * 3 * hidden;
      const before = h.subarray(row * hidden, (row + 1) * hidden);
      const sum = (gate: number, state: Float64Array, j: number): number =>
        at(input.projected, first + gate * hidden + j) +
        dot(state, 0, hidden, input.recurrentKernel, 3 * hidden, gate * hidden + j);
      const [z, r] = [0, 1].map((gate) => before.map((_, j) => sigmoid(sum(gate, before, j)))) as [Numbers, Numbers];
      const reset = before.map((x, j) => at(r, j) * x);
      for (let j = 0; j < hidden; j++) {
        const n = Math.tanh(sum(2, reset, j));
        for (const [gate, x] of [at(z, j), at(r, j), n].entries()) gates[first + gate * hidden + j] = x;
        next[row * hidden + j] = (1 - at(z, j)) * n + at(z, j) * at(before, j);
      }
    }
    h = next;
    hs.set(h, t * batch * hidden);
  }
  return { hs, gates };
}

/** The scalar whose gradient w.r.t. every h is `grads`. */
export function exactLoss(sizes: SequenceSizes, input: SequenceInput<Numbers>, grads: SequenceGradients): number {
  const { hs } = exactForward(sizes, input);
  const last = hs.subarray(input.reverse ? 0 : (sizes.time - 1) * sizes.batch * sizes.hidden);
  const weighted = (values: Float64Array, weights?: Float32Array): number =>
    weights?.reduce((sum, weight, i) => sum + weight * at(values, i), 0) ?? 0;
  return weighted(hs, grads.hs) + weighted(last, grads.hLast);
}

/** The gradient of `exactLoss`, by the chain rule. */
export function exactBackward(sizes: SequenceSizes, input: SequenceInput<Numbers>, grads: SequenceGradients) {
  const { time, batch, hidden } = sizes;
  const { hs, gates } = exactForward(sizes, input);
  const state = batch * hidden;
  const projected = new Float64Array(3 * time * state);
  const recurrentKernel = new Float64Array(3 * hidden * hidden);
  const h0 = Float64Array.from(grads.hLast ?? new Float64Array(state));
  const frames = order(time, input.reverse);
  const weight = (k: number, gate: number, j: number): number => (3 * k + gate) * hidden + j;
  for (const [step, t] of [...frames.entries()].reverse()) {
    const earlier = frames[step - 1];
    for (let i = 0; i < state; i++) put(h0, i, at(grads.hs, t * state + i));
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      const first = (t * batch + row) * 3 * hidden;
      const gate = (n: number, j: number): number => at(gates, first + n * hidden + j);
      const before = (j: number): number =>
        earlier === undefined ? at(input.h0, row * hidden + j) : at(hs, earlier * state + row * hidden + j);
      const units = Array.from({ length: hidden }, (_, j) => j);
      const dh = units.map((j) => at(h0, row * hidden + j));
      const dz = units.map((j) => (dh[j] as number) * (before(j) - gate(2, j)) * gate(0, j) * (1 - gate(0, j)));
      const dn = units.map((j) => (dh[j] as number) * (1 - gate(0, j)) * (1 - gate(2, j) ** 2));
      const back = (n: number, d: number[], k: number): number =>
        units.reduce((sum, j) => sum + (d[j] as number) * at(input.recurrentKernel, weight(k, n, j)), 0);
      const dReset = units.map((k) => back(2, dn, k));
      const dr = units.map((j) => (dReset[j] as number) * before(j) * gate(1, j) * (1 - gate(1, j)));
      for (const k of units) {
        const past = (dh[k] as number) * gate(0, k) + (dReset[k] as number) * gate(1, k);
        h0[row * hidden + k] = past + back(0, dz, k) + back(1, dr, k);
        for (const [n, d] of [dz, dr, dn].entries()) {
          projected[first + n * hidden + k] = d[k] as number;
          const from = n === 2 ? gate(1, k) * before(k) : before(k);
          for (const j of units) put(recurrentKernel, weight(k, n, j), from * (d[j] as number));
        }
      }
    }
  }
  return { projected, recurrentKernel, h0 };
}

/** Random inputs and output gradients of these sizes. */
export function makeResetBeforeGruCase(
  sizes: SequenceSizes,
  options: { seed: number; lengths?: Lengths; reverse?: boolean; last?: boolean },
): { sizes: SequenceSizes; input: SequenceInput; grads: SequenceGradients } {
  const { time, batch, hidden } = sizes;
  const random = seeded(options.seed);
  const values = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => scale * random());
  const state = batch * hidden;
  return {
    sizes,
    input: {
      projected: values(3 * time * state, 2),
      recurrentKernel: values(3 * hidden * hidden, 1 / Math.sqrt(hidden)),
      h0: values(state),
      ...makeMask(sizes, options.lengths ?? 'full'),
      reverse: options.reverse ?? false,
    },
    grads: { hs: values(time * state), ...(options.last === false ? {} : { hLast: values(state) }) },
  };
}
