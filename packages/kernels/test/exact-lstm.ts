import type { SequenceSizes } from '../src/sequence.ts';
import {
  at,
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

/** `c0` [batch, hidden]; `peepholes` [3, hidden], of i, f and o. */
type LstmInput<Values extends Numbers = Float32Array> = SequenceInput<Values> & {
  readonly c0: Values;
  readonly peepholes?: Values | undefined;
};
type Activations = { hs: Float64Array; cs: Float64Array; gates: Float64Array };

/** The LSTM by its equations, in float64. Gates of masked frames are zeros. */
export function exactForward({ time, batch, hidden }: SequenceSizes, input: LstmInput<Numbers>): Activations {
  const hs = new Float64Array(time * batch * hidden);
  const cs = new Float64Array(hs.length);
  const gates = new Float64Array(4 * hs.length);
  let [h, c] = [Float64Array.from(input.h0), Float64Array.from(input.c0)];
  for (const t of order(time, input.reverse)) {
    const [nextH, nextC] = [h.slice(), c.slice()];
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      for (let j = 0; j < hidden; j++) {
        const place = (t * batch + row) * 4 * hidden + j;
        const gate = (index: number, activation: (x: number) => number, seen = 0): number => {
          let z = at(input.projected, place + index * hidden) + seen;
          for (let k = 0; k < hidden; k++) {
            z += at(h, row * hidden + k) * at(input.recurrentKernel, (4 * k + index) * hidden + j);
          }
          gates[place + index * hidden] = activation(z);
          return activation(z);
        };
        const see = (cell: number, peephole: number): number =>
          input.peepholes ? cell * at(input.peepholes, peephole * hidden + j) : 0;
        const before = at(c, row * hidden + j);
        const [i, f] = [gate(0, sigmoid, see(before, 0)), gate(1, sigmoid, see(before, 1))];
        const after = f * before + i * gate(2, Math.tanh);
        nextC[row * hidden + j] = after;
        nextH[row * hidden + j] = gate(3, sigmoid, see(after, 2)) * Math.tanh(after);
      }
    }
    [h, c] = [nextH, nextC];
    hs.set(h, t * batch * hidden);
    cs.set(c, t * batch * hidden);
  }
  return { hs, cs, gates };
}

/** The scalar whose gradient w.r.t. h and c is `grads`. */
export function exactLoss(sizes: SequenceSizes, input: LstmInput<Numbers>, grads: SequenceGradients): number {
  const { hs, cs } = exactForward(sizes, input);
  const state = sizes.batch * sizes.hidden;
  const last = input.reverse ? 0 : (sizes.time - 1) * state;
  const dot = (values: Float64Array, weights?: Float32Array): number =>
    weights?.reduce((sum, weight, i) => sum + weight * at(values, i), 0) ?? 0;
  return dot(hs, grads.hs) + dot(hs.subarray(last), grads.hLast) + dot(cs.subarray(last), grads.cLast);
}

/** The gradient of `exactLoss`, by the chain rule. */
export function exactBackward(
  { time, batch, hidden }: SequenceSizes,
  saved: Omit<LstmInput<Numbers>, 'projected'> & Activations,
  grads: SequenceGradients,
): Record<'projected' | 'recurrentKernel' | 'peepholes' | 'h0' | 'c0', Float64Array> {
  const state = batch * hidden;
  const projected = new Float64Array(4 * time * state);
  const recurrentKernel = new Float64Array(4 * hidden * hidden);
  const peepholes = new Float64Array(3 * hidden);
  const h0 = Float64Array.from(grads.hLast ?? new Float64Array(state));
  const c0 = Float64Array.from(grads.cLast ?? new Float64Array(state));
  const frames = order(time, saved.reverse);
  for (const [step, t] of [...frames.entries()].reverse()) {
    const earlier = frames[step - 1];
    const before = (values: Numbers, initial: Numbers, index: number): number =>
      earlier === undefined ? at(initial, index) : at(values, earlier * state + index);
    for (let index = 0; index < state; index++) put(h0, index, at(grads.hs, t * state + index));
    for (let row = 0; row < batch; row++) {
      if (saved.mask && at(saved.mask, t * batch + row) === 0) continue;
      const first = (t * batch + row) * 4 * hidden;
      for (let j = 0; j < hidden; j++) {
        const index = row * hidden + j;
        const gate = (n: number): number => at(saved.gates, first + n * hidden + j);
        const [i, f, g, o] = [gate(0), gate(1), gate(2), gate(3)];
        const tanhC = Math.tanh(at(saved.cs, t * state + index));
        const dh = at(h0, index);
        const peephole = (n: number): number => (saved.peepholes ? at(saved.peepholes, n * hidden + j) : 0);
        const dO = dh * tanhC * o * (1 - o);
        const dc = at(c0, index) + dh * o * (1 - tanhC ** 2) + dO * peephole(2);
        const cBefore = before(saved.cs, saved.c0, index);
        const [dI, dF] = [dc * g * i * (1 - i), dc * cBefore * f * (1 - f)];
        for (const [n, d] of [dI, dF, dc * i * (1 - g ** 2), dO].entries()) projected[first + n * hidden + j] = d;
        put(peepholes, j, dI * cBefore);
        put(peepholes, hidden + j, dF * cBefore);
        put(peepholes, 2 * hidden + j, dO * at(saved.cs, t * state + index));
        c0[index] = dc * f + dI * peephole(0) + dF * peephole(1);
      }
      for (let k = 0; k < hidden; k++) {
        h0[row * hidden + k] = 0;
        for (let n = 0; n < 4 * hidden; n++) {
          const dz = at(projected, first + n);
          put(h0, row * hidden + k, dz * at(saved.recurrentKernel, k * 4 * hidden + n));
          put(recurrentKernel, k * 4 * hidden + n, dz * before(saved.hs, saved.h0, row * hidden + k));
        }
      }
    }
  }
  return { projected, recurrentKernel, peepholes, h0, c0 };
}

/** Random inputs and output gradients of these sizes. */
export function makeLstmCase(
  sizes: SequenceSizes,
  options: { seed: number; lengths?: Lengths; reverse?: boolean; last?: boolean; peepholes?: boolean },
): { sizes: SequenceSizes; input: LstmInput; grads: SequenceGradients } {
  const { time, batch, hidden } = sizes;
  const random = seeded(options.seed);
  const values = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => scale * random());
  const state = batch * hidden;
  return {
    sizes,
    input: {
      projected: values(4 * time * state, 2),
      recurrentKernel: values(4 * hidden * hidden, 1 / Math.sqrt(hidden)),
      h0: values(state),
      c0: values(state),
      ...makeMask(sizes, options.lengths ?? 'full'),
      reverse: options.reverse ?? false,
      ...(options.peepholes && { peepholes: values(3 * hidden) }),
    },
    grads: {
      hs: values(time * state),
      ...(options.last === false ? {} : { hLast: values(state), cLast: values(state) }),
    },
  };
}
