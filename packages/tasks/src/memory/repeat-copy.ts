import { expectSizes, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { bits } from '../scoring.ts';
import { bitVectors, blankFrames, countLast } from './vectors.ts';

/** Options of the copied sequence. */
export type RepeatCopyOptions = {
  /** Bits per vector; default 8. */
  readonly width?: number | undefined;
};

/** Mean and deviation of the numbers from 1 to 10, by which the paper scales the number of repeats. */
const MEAN = 5.5;
const DEVIATION = Math.sqrt(8.25);

/**
 * Vectors of random bits that are to be reproduced a given number of times, and then an end.
 *
 *   inputs   v₁ … v_L  n  0 0 … 0                  n: a channel with the repeats, (R − 5.5)/√8.25, and one with a 1 next to it
 *   targets            .  v₁ … v_L … v₁ … v_L  end      R times, and a last frame of zeros but for the channel of the end
 *
 * `length` is the number L of vectors, `repeats` is R; a row has L + 1 + L·R + 1 frames, of which all after n count.
 *
 * Baseline: bits are fair coins, the place of the end is known: ln 2 · w·L·R / ((w + 1)(L·R + 1)) nats for w bits, and half as many wrong.
 * @throws {OptionError} if the width is not a positive whole number.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing machines, section 4.2: lengths and repeats of 1 to 10 in training
 */
export function repeatCopy({ width = 8 }: RepeatCopyOptions = {}): Task {
  const name = 'repeatCopy';
  expectSizes(name, { width });
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ width }] },
    inputSize: width + 2,
    outputSize: width + 1,
    easiest: { length: 1, repeats: 1 },
    scoring: bits,
    example(rng, { length, repeats = 1 }) {
      const vectors = bitVectors(rng, length, width);
      const times = [...Array<number>(width).fill(0), (repeats - MEAN) / DEVIATION, 1];
      const said = Array.from({ length: repeats }, () => vectors.map((vector) => [...vector, 0])).flat();
      const end = [...Array<number>(width).fill(0), 1];
      return {
        inputs: [...vectors.map((vector) => [...vector, 0, 0]), times, ...blankFrames(length * repeats + 1, width + 2)],
        targets: [...blankFrames(length + 1, width + 1), ...said, end],
        mask: countLast(length + 1, length * repeats + 1),
      };
    },
    baseline({ length, repeats = 1 }) {
      const frames = length * repeats;
      const random = (width * frames) / ((width + 1) * (frames + 1));
      return { loss: Math.LN2 * random, accuracy: 1 - random / 2 };
    },
  });
}
