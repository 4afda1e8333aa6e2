import {
  add,
  cast,
  concat,
  exp,
  expandDims,
  gather,
  log,
  max,
  reshape,
  reverse,
  slice,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor1d,
  tidy,
  transpose,
  unstack,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Lattice } from './lattice.ts';

/** log P of each row, [batch]. */
type Likelihood = { readonly logLikelihood: Tensor1D };

/** The same, with [time, batch, states], each up to a constant shared by all states of a frame. */
type AlphasAndBetas = Likelihood & { readonly logAlphas: Tensor3D; readonly logBetas: Tensor3D };

/** log P alone, from emissions [time, batch, states]. */
export function alphas(lattice: Lattice, emissions: Tensor3D, real: Tensor2D | undefined): Likelihood {
  const { scales, last } = run(lattice.start, lattice.steps, emissions, real && transpose(real));
  return { logLikelihood: likelihood(scales, last, lattice.end) };
}

/**
 * log P, α and β, which includes the emission of its own frame. β follows the recursion of α over the frames and states in reverse, so
 * both are the halves of one batch.
 */
export function alphasAndBetas(lattice: Lattice, emissions: Tensor3D, real: Tensor2D | undefined): AlphasAndBetas {
  const { reversed } = lattice;
  const [time, batch, states] = emissions.shape;
  // As numbers: the wasm backend reverses bool as if it had four bytes per element.
  const frames = real && cast(transpose(real), 'float32');
  const { logs, scales, last } = run(
    concat([lattice.start, reversed.start], 0),
    concat([lattice.steps, reversed.steps], 0),
    concat([emissions, reverse(emissions, [0, 2])], 1),
    frames && concat([frames, reverse(frames, 0)], 1),
  );
  const half = <T extends Tensor>(of: T, axis: number, start: number): T => {
    const begin = of.shape.map((_, i) => (i === axis ? start : 0));
    return slice(
      of,
      begin,
      of.shape.map((size, i) => (i === axis ? batch : size)),
    );
  };
  const all = reshape(stack(logs), [time, 2 * batch, states]) as Tensor3D;
  return {
    logLikelihood: likelihood(half(scales, 0, 0), half(last, 0, 0), lattice.end),
    logAlphas: half(all, 1, 0),
    logBetas: reverse(half(all, 1, batch), [0, 2]),
  };
}

/** log Σ over the final states, plus the normalisers subtracted before. */
function likelihood(scales: Tensor1D, last: Tensor2D, end: Tensor2D): Tensor1D {
  return add(scales, logSumExp(add(last, end)));
}

/** log Σ exp over the last axis. */
function logSumExp<T extends Tensor>(values: Tensor): T {
  const high = max(values, -1, true);
  return add(log(sum(exp(sub(values, high)), -1)), reshape(high, values.shape.slice(0, -1)));
}

/** Frame by frame: the states, less their maximum, and the sum of these maxima. */
function run(start: Tensor2D, steps: Tensor3D, emissions: Tensor3D, real: Tensor2D | undefined) {
  const [, rows, states] = emissions.shape;
  const sources = tensor1d(
    Array.from({ length: 3 * states }, (_, i) => Math.max(0, Math.floor(i / 3) - (i % 3))),
    'int32',
  );
  const frames = unstack(emissions, 0) as Tensor2D[];
  const isReal = real === undefined ? undefined : unstack(cast(expandDims(real, 2), 'bool'), 0);
  const logs: Tensor2D[] = [];
  let last = start;
  let scales = zerosLike(max(start, 1, true)) as Tensor2D;
  for (const [t, emission] of frames.entries()) {
    const [next, sums] = tidy((): [Tensor2D, Tensor2D] => {
      const before = reshape(gather(last, sources, 1), [rows, states, 3]);
      const now = add(emission, logSumExp<Tensor2D>(add(before, steps)));
      const highest = max(now, 1, true);
      const [taken, total] = [sub(now, highest), add(scales, highest)] as [Tensor2D, Tensor2D];
      const given = isReal?.[t];
      return given === undefined ? [taken, total] : [where(given, taken, last), where(given, total, scales)];
    });
    logs.push(next);
    [last, scales] = [next, sums];
  }
  return { logs, last, scales: reshape(scales, [rows]) as Tensor1D };
}
