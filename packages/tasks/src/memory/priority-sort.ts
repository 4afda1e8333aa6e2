import { expectSizes, OptionError, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { bits } from '../scoring.ts';
import { bitVectors, blankFrames, countLast } from './vectors.ts';

/** Options of the sorted sequence. */
export type PrioritySortOptions = {
  /** Bits per vector; default 8. */
  readonly width?: number | undefined;
  /** The fraction of the vectors, the highest, that are targets; default 0.8: 16 of 20. */
  readonly asked?: number | undefined;
};

/**
 * Vectors of random bits, each with a priority; the targets are those of the highest, the highest first.
 *
 *   inputs   v₁ p₁   v₂ p₂   …   v_L p_L   |   0 0 …       p in [−1, 1], a channel of its own, as the delimiter | is
 *   targets                                .   v of the highest p, of the second, …
 *
 * `length` is the number of vectors that are read; 0.8 of them, rounded, are the targets. Of
 * equal priorities, which are rare, the earlier comes first.
 *
 * Baseline: bits are fair coins: ln 2 nats, ½.
 * @throws {OptionError} if the width is not a positive whole number, or the fraction not above 0 and at most 1.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing machines, section 4.5: the 16 highest of 20
 */
export function prioritySort({ width = 8, asked = 0.8 }: PrioritySortOptions = {}): Task {
  const name = 'prioritySort';
  expectSizes(name, { width });
  if (!(asked > 0 && asked <= 1)) {
    throw new OptionError(`${name}: asked: expected a number above 0 and at most 1, got ${asked}.`);
  }
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ width, asked }] },
    inputSize: width + 2,
    outputSize: width,
    easiest: { length: 1 },
    scoring: bits,
    example(rng, { length }) {
      const vectors = bitVectors(rng, length, width);
      const priorities = vectors.map(() => Math.fround(rng.uniform(-1, 1)));
      const order = [...priorities.keys()].sort((a, b) => (priorities[b] as number) - (priorities[a] as number));
      const said = order.slice(0, Math.max(1, Math.round(asked * length))).map((i) => vectors[i] as number[]);
      const delimiter = [...Array<number>(width + 1).fill(0), 1];
      return {
        inputs: [
          ...vectors.map((vector, i) => [...vector, priorities[i] as number, 0]),
          delimiter,
          ...blankFrames(said.length, width + 2),
        ],
        targets: [...blankFrames(length + 1, width), ...said],
        mask: countLast(length + 1, said.length),
      };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}
