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

/** `recurrentBias` [hidden] */
type GruInput<Values extends Numbers = Float32Array> = SequenceInput<Values> & { readonly recurrentBias: Values };

/** The GRU by its equations, in float64. Gates and candidates of masked frames are zeros. */
export function exactForward({ time, batch, hidden }: SequenceSizes, input: GruInput<Numbers>) {
  const hs = new Float64Array(time * batch * hidden);
  const gates = new Float64Array(3 * hs.length);
  const candidates = new Float64Array(hs.length);
  let h = Float64Array.from(input.h0);
  for (const t of order(time, input.reverse)) {
    const next = h.slice();
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      const first = (t * batch + row) * 3 * hidden;
      for (let j = 0; j < hidden; j++) {
        const [hz, hr, hn] = [0, 1, 2].map((gate) =>
          dot(h, row * hidden, hidden, input.recurrentKernel, 3 * hidden, gate * hidden + j),
        ) as [number, number, number];
        const z = sigmoid(at(input.projected, first + j) + hz);
        const r = sigmoid(at(input.projected, first + hidden + j) + hr);
        const s = hn + at(input.recurrentBias, j);
        const n = Math.tanh(at(input.projected, first + 2 * hidden + j) + r * s);
        gates[first + j] = z;
        gates[first + hidden + j] = r;
        gates[first + 2 * hidden + j] = s;
        candidates[(t * batch + row) * hidden + j] = n;
        next[row * hidden + j] = (1 - z) * n + z * at(h, row * hidden + j);
      }
    }
    h = next;
    hs.set(h, t * batch * hidden);
  }
  return { hs, gates, candidates };
}

/** The scalar whose gradient w.r.t. every h is `grads`. */
export function exactLoss(sizes: SequenceSizes, input: GruInput<Numbers>, grads: SequenceGradients): number {
  const { hs } = exactForward(sizes, input);
  const last = hs.subarray(input.reverse ? 0 : (sizes.time - 1) * sizes.batch * sizes.hidden);
  const weighted = (values: Float64Array, weights?: Float32Array): number =>
    weights?.reduce((sum, weight, i) => sum + weight * at(values, i), 0) ?? 0;
  return weighted(hs, grads.hs) + weighted(last, grads.hLast);
}

/** The gradient of `exactLoss`, by the chain rule. */
export function exactBackward(sizes: SequenceSizes, input: GruInput<Numbers>, grads: SequenceGradients) {
  const { time, batch, hidden } = sizes;
  const { hs, gates, candidates } = exactForward(sizes, input);
  const state = batch * hidden;
  const projected = new Float64Array(3 * time * state);
  const recurrentKernel = new Float64Array(3 * hidden * hidden);
  const recurrentBias = new Float64Array(hidden);
  const h0 = Float64Array.from(grads.hLast ?? new Float64Array(state));
  const frames = order(time, input.reverse);
  for (const [step, t] of [...frames.entries()].reverse()) {
    const earlier = frames[step - 1];
    const before = (i: number): number => (earlier === undefined ? at(input.h0, i) : at(hs, earlier * state + i));
    for (let i = 0; i < state; i++) put(h0, i, at(grads.hs, t * state + i));
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      const first = (t * batch + row) * 3 * hidden;
      const recurrent = new Float64Array(3 * hidden);
      for (let j = 0; j < hidden; j++) {
        const [z, r, s] = [0, 1, 2].map((gate) => at(gates, first + gate * hidden + j)) as [number, number, number];
        const n = at(candidates, (t * batch + row) * hidden + j);
        const dh = at(h0, row * hidden + j);
        const dn = dh * (1 - z) * (1 - n ** 2);
        const dz = dh * (before(row * hidden + j) - n) * z * (1 - z);
        const dr = dn * s * r * (1 - r);
        for (const [gate, d] of [dz, dr, dn].entries()) projected[first + gate * hidden + j] = d;
        for (const [gate, d] of [dz, dr, dn * r].entries()) recurrent[gate * hidden + j] = d;
        put(recurrentBias, j, dn * r);
        h0[row * hidden + j] = dh * z;
      }
      for (let k = 0; k < hidden; k++) {
        for (const [column, d] of recurrent.entries()) {
          put(h0, row * hidden + k, d * at(input.recurrentKernel, k * 3 * hidden + column));
          put(recurrentKernel, k * 3 * hidden + column, d * before(row * hidden + k));
        }
      }
    }
  }
  return { projected, recurrentKernel, recurrentBias, h0 };
}

/** Random inputs and output gradients of these sizes. */
export function makeGruCase(
  sizes: SequenceSizes,
  options: { seed: number; lengths?: Lengths; reverse?: boolean; last?: boolean },
): { sizes: SequenceSizes; input: GruInput; grads: SequenceGradients } {
  const { time, batch, hidden } = sizes;
  const random = seeded(options.seed);
  const values = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => scale * random());
  const state = batch * hidden;
  return {
    sizes,
    input: {
      projected: values(3 * time * state, 2),
      recurrentKernel: values(3 * hidden * hidden, 1 / Math.sqrt(hidden)),
      recurrentBias: values(hidden),
      h0: values(state),
      ...makeMask(sizes, options.lengths ?? 'full'),
      reverse: options.reverse ?? false,
    },
    grads: { hs: values(time * state), ...(options.last === false ? {} : { hLast: values(state) }) },
  };
}
