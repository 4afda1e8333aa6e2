import type { Frame, Sequence } from '@elman/core';
import { add, expandDims, mul, pad, slice } from '@tensorflow/tfjs-core';

/**
 * All states of a linear recurrence in log₂(time) rounds.
 *
 *   hₜ = keepₜ∘hₜ₋₁ + writeₜ,   t = 1 … time
 *
 * After each round an entry spans twice as many frames: the factor of the state before its span, and the term that it adds.
 *
 * Shapes: keep, write [batch, time, size]; h₀ [batch, size] → [batch, time, size].
 * @see Hillis & Steele 1986, "Data parallel algorithms"
 */
export function linearScan(keep: Sequence, write: Sequence, h0: Frame): Sequence {
  const [, time] = keep.shape;
  let kept = keep;
  let added = write;
  for (let span = 1; span < time; span *= 2) {
    added = add(added, mul(kept, delayed(added, span, 0)));
    kept = mul(kept, delayed(kept, span, 1));
  }
  return add(mul(kept, expandDims(h0, 1)), added);
}

/** The sequence delayed by `frames`, padded with `before`. */
function delayed(x: Sequence, frames: number, before: number): Sequence {
  const [batch, time, size] = x.shape;
  const earlier = slice(x, [0, 0, 0], [batch, time - frames, size]);
  return pad(
    earlier,
    [
      [0, 0],
      [frames, 0],
      [0, 0],
    ],
    before,
  );
}
