import type { Sequence } from '@elman/core';
import { logProbabilities, readLogits } from './frames.ts';
import { type CtcSpan, spansOf } from './labels.ts';
import type { CtcOptions } from './options.ts';

/** A path through the frames, and its labels. */
export interface CtcPath {
  readonly labels: readonly number[];
  /** The frames of each label. */
  readonly spans: readonly CtcSpan[];
  /** Of this path alone: Σ log yₜ(πₜ). Other paths may collapse to the same labels. */
  readonly logProbability: number;
}

/**
 * The best path of each row, the most likely class in every frame (ties: the first), and its labels.
 *
 *   πₜ = argmax yₜ
 *
 * Shapes: logits [batch, time, classes], normalised or not; read from the device once.
 * @throws {ShapeError} {OptionError} if the arguments do not match each other. {DivergenceError} for NaN in a real frame.
 * @see Graves et al. 2006, best path decoding
 */
export async function ctcGreedy(logits: Sequence, options: CtcOptions = {}): Promise<CtcPath[]> {
  const host = await readLogits('ctcGreedy', logits, options);
  const frame = new Float64Array(host.classes);
  return host.frames.map((frames, row) => {
    let logProbability = 0;
    const path = frames.map((t) => {
      logProbabilities('ctcGreedy', host, row, t, frame);
      let best = 0;
      for (let k = 1; k < frame.length; k++) if ((frame[k] as number) > (frame[best] as number)) best = k;
      logProbability += frame[best] as number;
      return best;
    });
    const spans = spansOf(path, host.blank, frames);
    return { labels: spans.map(({ label }) => label), spans, logProbability };
  });
}
