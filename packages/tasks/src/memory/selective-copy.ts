import { expectSizes, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { ids } from '../scoring.ts';
import { countLast } from './vectors.ts';

/** Options of the copied sequence. */
export type SelectiveCopyOptions = {
  /** Number of different symbols; default 16. */
  readonly symbols?: number | undefined;
  /** Number of symbols shown; default 16. */
  readonly count?: number | undefined;
};

/**
 * Symbols at random places among blanks, to be reproduced in order after the last frame.
 *
 *   inputs   _ 3 _ _ 1 7 _ _ _ 2   : : : :
 *   targets                        3 1 7 2
 *
 * Ids: 0 is the blank, then the symbols, and last the query `:`. Unlike in copyMemory the places differ from row to
 * row: a net must select what to keep. `length` is the number of frames before the question, at least as many as
 * symbols are shown.
 *
 * Baseline: all symbols are equally likely: ln 16 nats, 1/16.
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Gu & Dao 2023, Mamba, section 3.1; Jing et al. 2019
 */
export function selectiveCopy({ symbols = 16, count = 16 }: SelectiveCopyOptions = {}): Task {
  const name = 'selectiveCopy';
  expectSizes(name, { symbols, count });
  const names = ['_', ...Array.from({ length: symbols }, (_, i) => `${i + 1}`), ':'];
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ symbols, count }] },
    inputSize: symbols + 2,
    outputSize: symbols + 1,
    easiest: { length: count },
    symbols: { inputs: names, targets: names.slice(0, -1) },
    scoring: ids,
    example(rng, { length }) {
      const shown = Array.from({ length: count }, () => 1 + rng.integer(symbols));
      const places = [...rng.permutation(length).slice(0, count)].sort((a, b) => a - b);
      const read = Array<number>(length).fill(0);
      places.forEach((place, i) => {
        read[place] = shown[i] as number;
      });
      return {
        inputs: [...read, ...Array<number>(count).fill(symbols + 1)],
        targets: [...Array<number>(length).fill(0), ...shown],
        mask: countLast(length, count),
      };
    },
    baseline: () => ({ loss: Math.log(symbols), accuracy: 1 / symbols }),
  });
}
