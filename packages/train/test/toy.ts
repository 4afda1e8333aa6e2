import type { BatchSource, Difficulty } from '@elman/core';
/** A model small enough to be computed by hand: sₜ = a·sₜ₋₁ + b·xₜ, loss the mean of (sₜ − yₜ)² over unmasked targets. */
import { Rng, tree } from '@elman/core';
import {
  add,
  div,
  exp,
  mul,
  neg,
  ones,
  reshape,
  type Scalar,
  scalar,
  square,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tensor2d,
  tidy,
  unstack,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Trainable } from '../src/index.ts';

export type Params = { readonly a: Scalar; readonly b: Scalar };
export type State = { readonly s: Tensor2D };
export type Sequences = {
  readonly inputs: Tensor3D;
  readonly targets: Tensor3D;
  readonly mask?: Tensor2D | undefined;
  readonly counted?: number;
  readonly carry?: number;
  readonly fresh?: boolean;
};

export const toy: Trainable<Params, State, Sequences> = {
  init: (rng) => ({ a: scalar(rng.uniform(0.2, 0.4)), b: scalar(rng.uniform(0.5, 1)) }),
  initialState: (batchSize) => ({ s: zeros([batchSize, 1]) }),
  batchSize: ({ inputs }) => inputs.shape[0],
  startsFresh: ({ fresh = true }) => fresh,
  loss({ a, b }, { inputs, targets, mask, counted = 0, carry }, state, { rng }) {
    return tree.tidy(() => {
      const [batch, time] = inputs.shape;
      const noise = rng === undefined ? 1 : rng.uniform(0.9, 1.1);
      const xs = unstack(mul(inputs, noise), 1) as Tensor2D[];
      const ys = unstack(targets, 1) as Tensor2D[];
      const real = unstack(mask ?? ones([batch, time]), 1);
      const costs: Scalar[] = [];
      const counts: Scalar[] = [];
      let s = state.s;
      let handed = s;
      for (let t = 0; t < time; t++) {
        s = add(mul(a, s), mul(b, xs[t] as Tensor2D));
        if (t + 1 === (carry ?? time)) handed = s;
        if (t < counted) continue;
        const weights = reshape(real[t] as Tensor, [batch, 1]);
        costs.push(sum(mul(square(sub(s, ys[t] as Tensor2D)), weights)));
        counts.push(sum(weights));
      }
      const count: Scalar = sum(stack(counts));
      const loss: Scalar = div(sum(stack(costs)), count);
      return { loss, count, state: { s: handed.clone() } };
    });
  },
};

/** Random sequences and, as targets, the model's outputs for a = 0.5, b = 2. */
export function sequences(rng: Rng, batch: number, time: number): { inputs: number[][]; targets: number[][] } {
  const inputs = Array.from({ length: batch }, () => Array.from({ length: time }, () => rng.uniform(-1, 1)));
  const targets = inputs.map((row) => {
    let s = 0;
    return row.map((x) => {
      s = 0.5 * s + 2 * x;
      return s;
    });
  });
  return { inputs, targets };
}

export const cube = (rows: number[][]): Tensor3D => tensor(rows.map((row) => row.map((x) => [x]))) as Tensor3D;

/** Batches of such sequences, a function of seed, epoch and index. */
export function batches(
  seed: number,
  shape: { batch?: number; time?: number; perEpoch?: number } = {},
): BatchSource<Sequences> {
  const { batch = 2, time = 6, perEpoch = 3 } = shape;
  return {
    batchesPerEpoch: perEpoch,
    batch(epoch, index) {
      const { inputs, targets } = sequences(Rng.seeded(seed).fork(epoch).fork(index), batch, time);
      return { inputs: cube(inputs), targets: cube(targets) };
    },
  };
}

/** The toy model with a pseudo-accuracy: 1 if the loss is 0. */
export const measuredToy: Trainable<Params, State, Sequences> = {
  ...toy,
  loss(params, batch, state, options) {
    const found = toy.loss(params, batch, state, options);
    if (options.metrics !== true) return found;
    return { ...found, metrics: { accuracy: tidy(() => exp(neg(found.loss))) } };
  },
};

/**
 * Graded batches: rows of the length of their difficulty, padded to 5, all numbers times their
 * `nesting` if there is one. Calls back with the difficulties drawn.
 */
export function graded(
  seed: number,
  target: Difficulty,
  told: (rows: readonly Difficulty[]) => void = () => {},
): BatchSource<Sequences> {
  const [rows, longest] = [3, 5];
  return {
    batchesPerEpoch: 2,
    batch(epoch, index, draw = () => target) {
      const rng = Rng.seeded(seed).fork(epoch).fork(index);
      const difficulties = Array.from({ length: rows }, (_, row) => draw(rng.fork('difficulty').fork(row)));
      told(difficulties);
      const { inputs, targets } = sequences(rng.fork('rows'), rows, longest);
      const times = (numbers: number[], row: number) =>
        numbers.map((x) => x * ((difficulties[row] as Difficulty).nesting ?? 1));
      const mask = difficulties.map(({ length }) => Array.from({ length: longest }, (_, t) => (t < length ? 1 : 0)));
      return { inputs: cube(inputs.map(times)), targets: cube(targets.map(times)), mask: tensor2d(mask) };
    },
  };
}
