import { type BatchSource, Rng } from '@elman/core';
import { type Tensor1D, type Tensor2D, type Tensor3D, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { BLANK, CLASSES, labelsOf } from './words.ts';

const NOWHERE: readonly [number, number] = [0, 0];

/** Velocities of a pen, [frames][2]. */
export type Strokes = readonly (readonly [x: number, y: number])[];

/** Strokes of words, and their labels. */
export type StrokeBatch = {
  /** [batch, time, 2] */
  readonly inputs: Tensor3D;
  /** [batch, time], 1 = real. */
  readonly mask: Tensor2D;
  /** int32 [batch, length] */
  readonly labels: Tensor2D;
  /** int32 [batch] */
  readonly labelLengths: Tensor1D;
};

/** The Fourier coefficients of each letter's stroke: [x or y][harmonic][sine or cosine]. */
const alphabet = Array.from({ length: CLASSES }, (_, letter) => {
  const rng = Rng.seeded('alphabet').fork(letter);
  const harmonics = [0.7, 0.9, 0.5];
  return [0, 1].map(() => harmonics.map((size) => [rng.normal(0, size), rng.normal(0, size)] as const));
});

/**
 * The strokes of a word: each letter has four to nine frames and a random size; at its ends it runs into its
 * neighbours; `noise` is the standard deviation of Gaussian noise.
 */
export function write(word: string, noise: number, rng: Rng): Strokes {
  const clean: [number, number][] = [];
  for (const letter of labelsOf(word)) {
    const frames = 4 + rng.integer(6);
    const size = rng.uniform(0.7, 1.3);
    for (let frame = 0; frame < frames; frame++) {
      const angle = (Math.PI * (frame + rng.uniform(0.3, 0.7))) / frames;
      const [x = 0, y = 0] = (alphabet[letter] as (typeof alphabet)[number]).map((harmonics) =>
        harmonics.reduce((sum, [s, c], i) => sum + s * Math.sin((i + 1) * angle) + c * Math.cos((i + 1) * angle), 0),
      );
      clean.push([size * x, size * y]);
    }
  }
  return clean.map(([x, y], t) => {
    const [before, after] = [clean[t - 1] ?? NOWHERE, clean[t + 1] ?? NOWHERE];
    const smooth = (axis: 0 | 1, here: number): number => 0.5 * here + 0.25 * (before[axis] + after[axis]);
    return [smooth(0, x) + rng.normal(0, noise), smooth(1, y) + rng.normal(0, noise)];
  });
}

/** Words with their strokes as one batch, padded with zeros. */
export function batchOf(words: readonly string[], strokes: readonly Strokes[]): StrokeBatch {
  const time = Math.max(...strokes.map(({ length }) => length));
  const width = Math.max(...words.map(({ length }) => length));
  const inputs = new Float32Array(words.length * time * 2);
  const mask = new Float32Array(words.length * time);
  const labels = new Int32Array(words.length * width).fill(BLANK);
  for (const [row, word] of words.entries()) {
    const frames = strokes[row] as Strokes;
    inputs.set(frames.flat(), row * time * 2);
    mask.fill(1, row * time, row * time + frames.length);
    labels.set(labelsOf(word), row * width);
  }
  return {
    inputs: tensor3d(inputs, [words.length, time, 2]),
    mask: tensor2d(mask, [words.length, time]),
    labels: tensor2d(labels, [words.length, width], 'int32'),
    labelLengths: tensor1d(
      words.map(({ length }) => length),
      'int32',
    ),
  };
}

/** Batches of words of the list, with newly drawn strokes each time. */
export function strokeBatches(
  words: readonly string[],
  { batchSize, noise, seed }: { readonly batchSize: number; readonly noise: number; readonly seed: string },
): BatchSource<StrokeBatch> {
  return {
    batchesPerEpoch: 100,
    batch(epoch, index) {
      const rng = Rng.seeded(seed).fork(epoch).fork(index);
      const chosen = Array.from({ length: batchSize }, () => words[rng.integer(words.length)] as string);
      return batchOf(
        chosen,
        chosen.map((word) => write(word, noise, rng)),
      );
    },
  };
}
