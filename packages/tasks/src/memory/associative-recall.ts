import { expectSizes, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { bits } from '../scoring.ts';
import { bitVectors, blankFrames, countLast } from './vectors.ts';

/** Options of the items. */
export type AssociativeRecallOptions = {
  /** Bits per vector; default 6. */
  readonly width?: number | undefined;
  /** Vectors per item; default 3. */
  readonly vectors?: number | undefined;
};

/**
 * A list of items, then one of them again as the query; the target is the item that followed it.
 *
 *   inputs   | a a a  | b b b  | c c c  ? a a a ?  0 0 0       | and ? are channels of their own
 *   targets                                        b b b
 *
 * Items are three vectors of six random bits, all different. `length` is the number of items; the question is one of all but the last.
 * A row has 4·length + 8 frames; the answer counts.
 *
 * Baseline: bits are fair coins: ln 2 nats, ½.
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing machines, section 4.3: 2 to 6 items in training
 */
export function associativeRecall({ width = 6, vectors = 3 }: AssociativeRecallOptions = {}): Task {
  const name = 'associativeRecall';
  expectSizes(name, { width, vectors });
  const mark = (channel: 0 | 1): number[] => [...Array<number>(width).fill(0), ...(channel === 0 ? [1, 0] : [0, 1])];
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ width, vectors }] },
    inputSize: width + 2,
    outputSize: width,
    easiest: { length: 2 },
    // All items are different, so that there is one answer: half of all there are leaves enough to draw from.
    hardest: { length: Math.max(2, 2 ** Math.min(30, width * vectors - 1)) },
    scoring: bits,
    example(rng, { length }) {
      const items: number[][][] = [];
      const seen = new Set<string>();
      while (items.length < length) {
        const item = bitVectors(rng, vectors, width);
        const key = item.join();
        if (!seen.has(key)) items.push(item);
        seen.add(key);
      }
      const asked = rng.integer(length - 1);
      const shown = (item: readonly number[][]): number[][] => item.map((vector) => [...vector, 0, 0]);
      const inputs = [
        ...items.flatMap((item) => [mark(0), ...shown(item)]),
        mark(1),
        ...shown(items[asked] as number[][]),
        mark(1),
      ];
      return {
        inputs: [...inputs, ...blankFrames(vectors, width + 2)],
        targets: [...blankFrames(inputs.length, width), ...(items[asked + 1] as number[][])],
        mask: countLast(inputs.length, vectors),
      };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}
