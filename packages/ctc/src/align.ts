import type { Sequence } from '@elman/core';
import { emissionsOf } from './forward-backward.ts';
import { logProbabilities, readLogits } from './frames.ts';
import type { CtcPath } from './greedy.ts';
import { extendLabels, spansOf } from './labels.ts';
import { type CtcTargetOptions, type CtcTargets, expectTargets } from './options.ts';
import { expectEnoughFrames, targetRows } from './rows.ts';

/**
 * Forced alignment: for each row the most likely path that collapses to the given labels (Viterbi), with the frames of each label.
 *
 *   π = argmax Πₜ yₜ(πₜ)      over the paths that collapse to the labels
 *
 * Shapes: logits [batch, time, classes], normalised or not; read from the device once. A logProbability of −∞: no path has a
 * probability above 0, and the one returned is arbitrary.
 * @throws {ShapeError} {OptionError} if the arguments do not match each other. {DataError} for labels out of range, or too few frames.
 *   {DivergenceError} for NaN in a real frame.
 */
export async function ctcAlign(
  logits: Sequence,
  targets: CtcTargets,
  options: CtcTargetOptions = {},
): Promise<CtcPath[]> {
  const where = 'ctcAlign';
  const host = await readLogits(where, logits, options, [targets, options.targetLengths]);
  expectTargets(where, targets, options, host.batch);
  const wanted = targetRows(where, host, targets, options, host.read);
  expectEnoughFrames(where, host.frames, wanted);
  const { values, time, classes, blank } = host;
  const checked = new Float64Array(classes);
  return wanted.map((labels, row) => {
    const frames = host.frames[row] as Int32Array;
    for (const t of frames) logProbabilities(where, host, row, t, checked);
    const extended = extendLabels(labels, blank);
    const start = row * time * classes;
    const emissions = emissionsOf({ logits: values, start, classes, frames, labels, blank }, extended) as Float64Array;
    const { states, logProbability } = viterbi(frames.length, extended, emissions);
    const path = states.map((s) => extended[s] as number);
    return { labels: [...labels], spans: spansOf(path, blank, frames), logProbability };
  });
}

/** The most likely states, one for each frame. */
function viterbi(frames: number, extended: Int32Array, emissions: Float64Array) {
  const count = extended.length;
  const none = Number.NEGATIVE_INFINITY;
  const back = new Uint8Array(frames * count);
  let last = new Float64Array(count).fill(none);
  let now = new Float64Array(count);
  last[0] = 0;
  for (let t = 0; t < frames; t++) {
    for (let s = 0; s < count; s++) {
      const steps = s > 1 && s % 2 === 1 && extended[s] !== extended[s - 2] ? 2 : Math.min(s, 1);
      let from = 0;
      for (let step = 1; step <= steps; step++)
        if ((last[s - step] as number) > (last[s - from] as number)) from = step;
      back[t * count + s] = from;
      now[s] = (last[s - from] as number) + (emissions[t * count + s] as number);
    }
    [last, now] = [now, last];
  }
  let s = count > 1 && (last[count - 2] as number) > (last[count - 1] as number) ? count - 2 : count - 1;
  const logProbability = last[s] as number;
  const states = new Int32Array(frames);
  for (let t = frames - 1; t >= 0; t--) {
    states[t] = s;
    s -= back[t * count + s] as number;
  }
  return { states, logProbability };
}
