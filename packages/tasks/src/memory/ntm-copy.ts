import { expectSizes, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { bits } from '../scoring.ts';
import { bitVectors, blankFrames, countLast } from './vectors.ts';

/** Options of the copied sequence. */
export type NtmCopyOptions = {
  /** Bits per vector; default 8. */
  readonly width?: number | undefined;
};

/**
 * Vectors of random bits that are to be reproduced, in the same order, after a delimiter.
 *
 *   inputs   v₁ v₂ … v_L  |  0 0 … 0        the delimiter | is a channel of its own
 *   targets               .  v₁ v₂ … v_L
 *
 * A row has 2·`length` + 1 frames; the vectors at its end count. `length` is the number of vectors.
 *
 * Baseline: bits are fair coins: ln 2 nats, ½.
 * @throws {OptionError} if the width is not a positive whole number.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing machines, section 4.1: lengths of 1 to 20 in training
 */
export function ntmCopy({ width = 8 }: NtmCopyOptions = {}): Task {
  const name = 'ntmCopy';
  expectSizes(name, { width });
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ width }] },
    inputSize: width + 1,
    outputSize: width,
    easiest: { length: 1 },
    scoring: bits,
    example(rng, { length }) {
      const vectors = bitVectors(rng, length, width);
      const delimiter = [...Array<number>(width).fill(0), 1];
      return {
        inputs: [...vectors.map((vector) => [...vector, 0]), delimiter, ...blankFrames(length, width + 1)],
        targets: [...blankFrames(length + 1, width), ...vectors],
        mask: countLast(length + 1, length),
      };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}
