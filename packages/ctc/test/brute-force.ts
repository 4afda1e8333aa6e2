import type { Rng, Sequence } from '@elman/core';
import { tensor3d } from '@tensorflow/tfjs-core';
import { collapsePath } from '../src/index.ts';

/** Logits of rows, [time][classes]. */
export type Logits = readonly (readonly number[])[];

/** Logits from a normal distribution. */
export function drawLogits(rng: Rng, time: number, classes: number, deviation = 1.5): Logits {
  return Array.from({ length: time }, () => Array.from({ length: classes }, () => rng.normal(0, deviation)));
}

/** Rows of equal length as logits [batch, time, classes]. */
export function sequenceOf(rows: readonly Logits[]): Sequence {
  return tensor3d(rows as unknown as number[][][]);
}

/** The probability of every possible labelling, the sum over all its paths, by its labels joined by commas. */
export function labellings(logits: Logits, blank: number): Map<string, number> {
  const classes = logits[0]?.length ?? 0;
  let paths: { readonly path: readonly number[]; readonly probability: number }[] = [{ path: [], probability: 1 }];
  for (const frame of logits) {
    const total = frame.reduce((sum, z) => sum + Math.exp(z), 0);
    paths = paths.flatMap(({ path, probability }) =>
      Array.from({ length: classes }, (_, k) => ({
        path: [...path, k],
        probability: (probability * Math.exp(frame[k] as number)) / total,
      })),
    );
  }
  const worth = new Map<string, number>();
  for (const { path, probability } of paths) {
    const labels = collapsePath(path, blank).join();
    worth.set(labels, (worth.get(labels) ?? 0) + probability);
  }
  return worth;
}

/** The labels of a key of `labellings`. */
export const labelsOf = (key: string): number[] => (key === '' ? [] : key.split(',').map(Number));
