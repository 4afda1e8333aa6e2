import type { LstmInput, LstmOutputGradients, LstmSizes } from '../src/lstm-engine.ts';

/** `full`: no mask. `ragged`: rows of different lengths, one of them 0 where there are several. `empty`: nothing is real. */
export type Lengths = 'full' | 'ragged' | 'empty';
export type Case = { sizes: LstmSizes; input: LstmInput; grads: LstmOutputGradients };

/** Uniform in [−1, 1), the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39) + 0x6d2b79f5;
    return ((state ^ (state >>> 15)) >>> 0) / 2 ** 31 - 1;
  };
}

/** Random inputs and output gradients of these sizes. */
export function makeCase(
  sizes: LstmSizes,
  options: { seed: number; lengths?: Lengths; reverse?: boolean; last?: boolean; peepholes?: boolean },
): Case {
  const { time, batch, hidden } = sizes;
  const random = seeded(options.seed);
  const values = (length: number, scale = 1): Float32Array => Float32Array.from({ length }, () => scale * random());
  const lengths = options.lengths ?? 'full';
  const length = (row: number): number => (lengths === 'empty' ? 0 : (row * 3 + (batch > 1 ? 0 : 1)) % (time + 1));
  const mask = Float32Array.from({ length: time * batch }, (_, i) =>
    Math.floor(i / batch) < length(i % batch) ? 1 : 0,
  );
  const state = batch * hidden;
  return {
    sizes,
    input: {
      projected: values(4 * time * state, 2),
      recurrentKernel: values(4 * hidden * hidden, 1 / Math.sqrt(hidden)),
      h0: values(state),
      c0: values(state),
      ...(lengths === 'full' ? {} : { mask }),
      reverse: options.reverse ?? false,
      ...(options.peepholes && { peepholes: values(3 * hidden) }),
    },
    grads: {
      hs: values(time * state),
      ...(options.last === false ? {} : { hLast: values(state), cLast: values(state) }),
    },
  };
}
