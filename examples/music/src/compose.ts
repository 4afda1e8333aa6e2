import type { Rng } from '@elman/core';
import type { PianoRoll } from '@elman/data';

/** Degrees of the scale that a chord may go to from each. */
const NEXT: { readonly [degree: number]: readonly number[] } = {
  0: [3, 4, 5, 1],
  1: [4],
  3: [4, 0, 1],
  4: [0, 5],
  5: [3, 1],
};
const SCALE = [0, 2, 4, 5, 7, 9, 11];
/** Key 39 is the C in the middle of a piano. */
const MIDDLE = 39;

/** Frames of a chord. */
const FRAMES = 4;

/** The key of a degree of the major scale, from the tonic upwards. */
const keyOf = (tonic: number, degree: number): number =>
  tonic + 12 * Math.floor(degree / 7) + (SCALE[degree % 7] as number);

/**
 * A piece in four voices: triads in a major key with their bass, in which the fourth degree leads to the fifth and the
 * fifth to the first, and a melody that goes by steps and is in the chord where one begins.
 */
export function compose(rng: Rng, chords = 12): PianoRoll {
  const tonic = MIDDLE - 5 + rng.integer(12);
  const frames: number[][] = [];
  let [degree, melody] = [0, 7];
  for (let i = 0; i < chords; i++) {
    const isLast = i === chords - 1;
    const triad = [degree, degree + 2, degree + 4];
    for (let t = 0; t < FRAMES; t++) {
      if (t === 0) melody = nearest(melody, triad);
      else if (!isLast && rng.uniform() < 0.5) melody += rng.uniform() < 0.5 ? 1 : -1;
      melody = Math.min(11, Math.max(5, melody));
      const keys = [keyOf(tonic, degree) - 12, ...triad.map((step) => keyOf(tonic, step)), keyOf(tonic, melody)];
      frames.push([...new Set(keys)].sort((a, b) => a - b));
    }
    const choices = NEXT[degree] as readonly number[];
    degree = i === chords - 2 ? 0 : (choices[rng.integer(choices.length)] as number);
  }
  return frames;
}

/** The degree of a chord, in any octave, that is nearest. */
function nearest(melody: number, triad: readonly number[]): number {
  const all = triad.flatMap((step) => [step % 7, (step % 7) + 7]);
  return all.reduce((best, step) => (Math.abs(step - melody) < Math.abs(best - melody) ? step : best));
}
