import type { SequenceSizes, SimpleRnnActivation } from '../src/sequence.ts';
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

type SimpleRnnInput<Values extends Numbers = Float32Array> = SequenceInput<Values> & {
  readonly activation: SimpleRnnActivation;
};

const activations = { tanh: Math.tanh, relu: (x: number) => Math.max(x, 0), sigmoid };
const slopes = {
  tanh: (y: number) => 1 - y ** 2,
  relu: (y: number) => (y > 0 ? 1 : 0),
  sigmoid: (y: number) => y * (1 - y),
};

/** The simple recurrent network by its equation, in float64. */
export function exactForward({ time, batch, hidden }: SequenceSizes, input: SimpleRnnInput<Numbers>): Float64Array {
  const hs = new Float64Array(time * batch * hidden);
  let h = Float64Array.from(input.h0);
  for (const t of order(time, input.reverse)) {
    const next = h.slice();
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      for (let j = 0; j < hidden; j++) {
        const recurrent = dot(h, row * hidden, hidden, input.recurrentKernel, hidden, j);
        const x = at(input.projected, (t * batch + row) * hidden + j);
        next[row * hidden + j] = activations[input.activation](x + recurrent);
      }
    }
    h = next;
    hs.set(h, t * batch * hidden);
  }
  return hs;
}

/** The scalar whose gradient w.r.t. every h is `grads`. */
export function exactLoss(sizes: SequenceSizes, input: SimpleRnnInput<Numbers>, grads: SequenceGradients): number {
  const hs = exactForward(sizes, input);
  const last = hs.subarray(input.reverse ? 0 : (sizes.time - 1) * sizes.batch * sizes.hidden);
  const weighted = (values: Float64Array, weights?: Float32Array): number =>
    weights?.reduce((sum, weight, i) => sum + weight * at(values, i), 0) ?? 0;
  return weighted(hs, grads.hs) + weighted(last, grads.hLast);
}

/** The gradient of `exactLoss`, by the chain rule. */
export function exactBackward(sizes: SequenceSizes, input: SimpleRnnInput<Numbers>, grads: SequenceGradients) {
  const { time, batch, hidden } = sizes;
  const hs = exactForward(sizes, input);
  const state = batch * hidden;
  const projected = new Float64Array(time * state);
  const recurrentKernel = new Float64Array(hidden * hidden);
  const h0 = Float64Array.from(grads.hLast ?? new Float64Array(state));
  const frames = order(time, input.reverse);
  for (const [step, t] of [...frames.entries()].reverse()) {
    const earlier = frames[step - 1];
    const before = (i: number): number => (earlier === undefined ? at(input.h0, i) : at(hs, earlier * state + i));
    for (let i = 0; i < state; i++) put(h0, i, at(grads.hs, t * state + i));
    for (let row = 0; row < batch; row++) {
      if (input.mask && at(input.mask, t * batch + row) === 0) continue;
      const first = t * state + row * hidden;
      for (let j = 0; j < hidden; j++) {
        projected[first + j] = at(h0, row * hidden + j) * slopes[input.activation](at(hs, first + j));
      }
      for (let k = 0; k < hidden; k++) {
        h0[row * hidden + k] = 0;
        for (let j = 0; j < hidden; j++) {
          put(h0, row * hidden + k, at(projected, first + j) * at(input.recurrentKernel, k * hidden + j));
          put(recurrentKernel, k * hidden + j, at(projected, first + j) * before(row * hidden + k));
        }
      }
    }
  }
  return { projected, recurrentKernel, h0 };
}

/** Random inputs and output gradients of these sizes. */
export function makeSimpleRnnCase(
  sizes: SequenceSizes,
  options: { seed: number; activation: SimpleRnnActivation; lengths?: Lengths; reverse?: boolean; last?: boolean },
): { sizes: SequenceSizes; input: SimpleRnnInput; grads: SequenceGradients } {
  const { time, batch, hidden } = sizes;
  const random = seeded(options.seed);
  const values = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => scale * random());
  const state = batch * hidden;
  return {
    sizes,
    input: {
      activation: options.activation,
      projected: values(time * state, 2),
      recurrentKernel: values(hidden * hidden, 1 / Math.sqrt(hidden)),
      h0: values(state),
      ...makeMask(sizes, options.lengths ?? 'full'),
      reverse: options.reverse ?? false,
    },
    grads: { hs: values(time * state), ...(options.last === false ? {} : { hLast: values(state) }) },
  };
}
