import { extendLabels } from './labels.ts';
import { logAdd, logAdd3, logSumExp } from './log-space.ts';

/** A row to be aligned: logits [time, classes] from `start`, of which the frames `frames` are real. */
export interface CtcRow {
  readonly logits: ArrayLike<number>;
  readonly start: number;
  readonly classes: number;
  readonly frames: Int32Array;
  readonly labels: Int32Array;
  readonly blank: number;
}

/**
 * −log P(labels | logits), and its gradient by the logits, in double precision:
 *
 *   αₜ(s) = yₜ(l′ₛ)·(αₜ₋₁(s) + αₜ₋₁(s−1) + [l′ₛ ∉ {∅, l′ₛ₋₂}]·αₜ₋₁(s−2))
 *   ∂/∂zₜ(k) = yₜ(k) − Σ αₜ(s)·βₜ(s) / P over the s with l′ₛ = k
 *
 * where l′ are the labels with blanks around them, y = softmax z, and β, which leaves out yₜ, is the backward variable. All of it is
 * in logarithms. `gradient`, if given, has the layout of the logits and is 0 before.
 *
 * @returns ∞ where no alignment has a probability above 0, and NaN where the logits of a real frame have no softmax; the gradient is
 *   NaN then.
 */
export function negativeLogLikelihood(row: CtcRow, gradient?: Float32Array): number {
  const extended = extendLabels(row.labels, row.blank);
  const emissions = emissionsOf(row, extended);
  if (emissions === undefined) return undefinedGradient(row, gradient, Number.NaN);
  const skips = Uint8Array.from(extended, (label, s) => (s > 1 && s % 2 === 1 && label !== extended[s - 2] ? 1 : 0));
  const alphas = forward(row.frames.length, extended.length, emissions, skips);
  const total = ending(alphas, row.frames.length, extended.length);
  if (total === Number.NEGATIVE_INFINITY) return undefinedGradient(row, gradient, Number.POSITIVE_INFINITY);
  if (gradient !== undefined) backward(row, extended, emissions, skips, alphas, total, gradient);
  return 0 - total;
}

function undefinedGradient({ start, classes, frames }: CtcRow, gradient: Float32Array | undefined, loss: number) {
  for (const t of frames) gradient?.fill(Number.NaN, start + t * classes, start + (t + 1) * classes);
  return loss;
}

/** log yₜ(l′ₛ), [frames, states]; undefined if some frame has no softmax. */
export function emissionsOf(row: CtcRow, extended: Int32Array): Float64Array | undefined {
  const { logits, start, classes, frames } = row;
  const states = extended.length;
  const emissions = new Float64Array(frames.length * states);
  for (let i = 0; i < frames.length; i++) {
    const at = start + (frames[i] as number) * classes;
    const normalizer = logSumExp(logits, at, classes);
    if (Number.isNaN(normalizer)) return undefined;
    for (let s = 0; s < states; s++) {
      emissions[i * states + s] = (logits[at + (extended[s] as number)] as number) - normalizer;
    }
  }
  return emissions;
}

/** The range of states that a path can reach in a frame, end exclusive: it advances by at most two, from the first to the last. */
function reachable(frame: number, frames: number, states: number): readonly [first: number, last: number] {
  return [Math.max(0, states - 2 * (frames - frame)), Math.min(states, 2 * (frame + 1))];
}

/** log α, [frames + 1, states]; the first row is before the first frame: the first blank. */
function forward(frames: number, states: number, emissions: Float64Array, skips: Uint8Array): Float64Array {
  const none = Number.NEGATIVE_INFINITY;
  const alphas = new Float64Array((frames + 1) * states).fill(none);
  alphas[0] = 0;
  for (let i = 0; i < frames; i++) {
    const [from, to] = [i * states, (i + 1) * states];
    const [first, last] = reachable(i, frames, states);
    for (let s = first; s < last; s++) {
      const stay = alphas[from + s] as number;
      const next = s > 0 ? (alphas[from + s - 1] as number) : none;
      const skip = skips[s] === 1 ? (alphas[from + s - 2] as number) : none;
      alphas[to + s] = (emissions[from + s] as number) + logAdd3(stay, next, skip);
    }
  }
  return alphas;
}

/** log P: an alignment ends at the last blank or at the last label. */
function ending(alphas: Float64Array, frames: number, states: number): number {
  const last = (frames + 1) * states - 1;
  return states === 1 ? (alphas[last] as number) : logAdd(alphas[last] as number, alphas[last - 1] as number);
}

function backward(
  { logits, start, classes, frames }: CtcRow,
  extended: Int32Array,
  emissions: Float64Array,
  skips: Uint8Array,
  alphas: Float64Array,
  total: number,
  gradient: Float32Array,
): void {
  const states = extended.length;
  const none = Number.NEGATIVE_INFINITY;
  /** log β·y of the next frame; two entries more than states, so that s + 2 is in range. */
  const after = new Float64Array(states + 2).fill(none);
  const beta = new Float64Array(states);
  const occupied = new Float64Array(classes);
  for (let i = frames.length - 1; i >= 0; i--) {
    const [first, last] = reachable(i, frames.length, states);
    for (let s = first; s < last; s++) {
      if (i === frames.length - 1) beta[s] = s >= states - 2 ? 0 : none;
      else {
        const skip = skips[s + 2] === 1 ? (after[s + 2] as number) : none;
        beta[s] = logAdd3(after[s] as number, after[s + 1] as number, skip);
      }
      const label = extended[s] as number;
      const share = Math.exp((alphas[(i + 1) * states + s] as number) + (beta[s] as number) - total);
      occupied[label] = (occupied[label] as number) + share;
    }
    for (let s = first; s < last; s++) after[s] = (beta[s] as number) + (emissions[i * states + s] as number);
    const at = start + (frames[i] as number) * classes;
    const normalizer = logSumExp(logits, at, classes);
    for (let k = 0; k < classes; k++) {
      gradient[at + k] = Math.exp((logits[at + k] as number) - normalizer) - (occupied[k] as number);
    }
    occupied.fill(0);
  }
}
