import {
  add,
  concat,
  expandDims,
  mul,
  neg,
  notEqual,
  onesLike,
  pad,
  slice,
  squeeze,
  sub,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import {
  type Factors,
  isConstant,
  type Parts,
  type Scan,
  type ScanGradients,
  type ScanKernels,
  type ScanResult,
} from './scan.ts';

/** With ops of the backend, in ⌈log₂ time⌉ rounds. */
export const byOps: ScanKernels = {
  forward(scan) {
    const states = statesByRounds({ ...held(scan), h: scan.h, reverse: scan.reverse });
    return { ...resultsOf(states, scan), saved: states };
  },
  backward: (of, gradients) => gradientsOf(of, of.saved, gradients, statesByRounds),
};

/** A recurrence without a mask, a [batch, time, size]. */
type Unmasked = Pick<Scan, 'a' | 'b' | 'h' | 'reverse'>;

/** The factors and terms with which a masked frame holds the state: 1 and 0. */
export function held({ a, b, mask }: Pick<Scan, 'a' | 'b' | 'mask'>): { readonly a: Parts; readonly b: Parts } {
  return { a: factors({ a, mask }, b[0] as Tensor), b: masked(b, mask) };
}

/** Results from the states after all frames, held where masked. */
function resultsOf(states: Parts, { mask, reverse }: Factors): ScanResult {
  return { outputs: masked(states, mask), h: states.map((x) => frameOf(x, !reverse)) };
}

/**
 * The gradients of a scan from the states after all its frames, by another scan in the other direction.
 *
 *   dbₜ = dOutputₜ + conj(aₜ₊₁)∘dbₜ₊₁     daₜ = dbₜ∘conj(hₜ₋₁)     dh = conj(a₁)∘db₁
 */
export function gradientsOf(
  of: Factors & { readonly h: Parts },
  states: Parts,
  { outputs: dOutputs, h: dLast }: ScanResult,
  run: (scan: Unmasked) => Parts,
): ScanGradients {
  const { h, mask, reverse } = of;
  const conjugates = conjugate(factors(of, states[0] as Tensor));
  // The last frame has no next one: there 1∘dLast is added.
  const next = conjugates.map((x, part) => shifted(x, !reverse, part === 0 ? 1 : 0));
  const d = run({ a: next, b: masked(dOutputs, mask), h: dLast, reverse: !reverse });
  const before = states.map((x, part) => after(h[part] as Tensor, x, reverse));
  const dA = masked(times(d, conjugate(before)), mask);
  return {
    a: isConstant(of) ? dA.map((x) => sum(x, [0, 1])) : dA,
    b: masked(d, mask),
    h: times(
      conjugates.map((x) => frameOf(x, reverse)),
      d.map((x) => frameOf(x, reverse)),
    ),
  };
}

/** The states after all frames. After each round an entry spans twice as many frames (Hillis & Steele 1986). */
function statesByRounds({ a, b, h, reverse }: Unmasked): Parts {
  const time = (b[0] as Tensor).shape[1] as number;
  let factor = a;
  let term = b;
  for (let span = 1; span < time; span *= 2) {
    const earlier = term.map((x) => shifted(x, reverse, 0, span));
    term = plus(times(factor, earlier), term);
    factor = times(
      factor,
      factor.map((x, part) => shifted(x, reverse, part === 0 ? 1 : 0, span)),
    );
  }
  return plus(
    times(
      factor,
      h.map((x) => expandDims(x, 1)),
    ),
    term,
  );
}

/** a for every frame of a tensor [batch, time, size]; 1 where masked. */
function factors({ a, mask }: Pick<Scan, 'a' | 'mask'>, like: Tensor): Parts {
  return a.map((x, part) => {
    const full = x.rank === 1 ? add(zerosLike(like), x) : x;
    return mask === undefined ? full : where(isReal(mask), full, part === 0 ? onesLike(full) : zerosLike(full));
  });
}

const isReal = (mask: Tensor): Tensor => expandDims(notEqual(mask, 0), 2);

function masked(parts: Parts, mask: Tensor | undefined): Parts {
  return mask === undefined ? parts : parts.map((x) => where(isReal(mask), x, zerosLike(x)));
}

/** The first or last frame [batch, size]. */
function frameOf(x: Tensor, last: boolean): Tensor {
  const [batch, time, size] = x.shape as [number, number, number];
  return squeeze(slice(x, [0, last ? time - 1 : 0, 0], [batch, 1, size]), [1]);
}

/** Every frame becomes the one `frames` before it, or after it if `fromNext`; `fill` where there is none. */
function shifted(x: Tensor, fromNext: boolean, fill: number, frames = 1): Tensor {
  const [batch, time, size] = x.shape as [number, number, number];
  const rest = slice(x, [0, fromNext ? frames : 0, 0], [batch, time - frames, size]);
  const padding = fromNext ? ([0, frames] as const) : ([frames, 0] as const);
  return pad(rest, [[0, 0], [...padding], [0, 0]], fill);
}

/** The state before every frame: `first` [batch, size], then that after the frame which is run before it. */
function after(first: Tensor, states: Tensor, reverse: boolean): Tensor {
  const [batch, time, size] = states.shape as [number, number, number];
  const rest = slice(states, [0, reverse ? 1 : 0, 0], [batch, time - 1, size]);
  const start = expandDims(first, 1);
  return concat(reverse ? [rest, start] : [start, rest], 1);
}

const plus = (x: Parts, y: Parts): Parts => x.map((part, i) => add(part, y[i] as Tensor));

const conjugate = ([real, imag]: Parts): Parts => (imag === undefined ? [real as Tensor] : [real as Tensor, neg(imag)]);

function times(x: Parts, y: Parts): Parts {
  const [xReal, xImag] = x as [Tensor, Tensor?];
  const [yReal, yImag] = y as [Tensor, Tensor?];
  if (xImag === undefined || yImag === undefined) return [mul(xReal, yReal)];
  return [sub(mul(xReal, yReal), mul(xImag, yImag)), add(mul(xReal, yImag), mul(xImag, yReal))];
}
