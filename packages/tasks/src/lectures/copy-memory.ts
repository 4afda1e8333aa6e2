import { expectSizes, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { ids } from '../scoring.ts';

/** Options of the copied sequence. */
export type CopyMemoryOptions = {
  /** Number of different symbols; default 8. */
  readonly symbols?: number | undefined;
  /** Number of symbols shown; default 10. */
  readonly count?: number | undefined;
};

/**
 * Symbols that are shown at the start, to be reproduced at the end.
 *
 *   inputs   3 1 8 … 5 2   _ _ _ … _ _   : _ _ _ … _     ten of 1 to 8, then `length` blanks, of which the last is the delimiter …
 *   targets  _ _ _ … _ _   _ _ _ … _ _   3 1 8 … 5 2     … and from it on, as many frames as symbols
 *
 * Ids: 0 is the blank, 1 to 8 are symbols, 9 the delimiter. `length` is T, the frames from the last symbol to the first
 * answer; a row has T + 20. The delimiter is shown once, as by Arjovsky et al.; Bai et al. repeat it to the end. All
 * targets count, the blanks too, as in the originals.
 *
 * Baseline: the places of blanks are known, and each symbol is one of eight: 10·ln 8 / (T + 20) nats, (T + 10 + 10/8) /
 * (T + 20) right. The figures of the lectures at T = 1000 (LSTM .0204, GRU .0197, RNN .0202) equal this baseline,
 * .02039: these nets are no better than input-blind. Solved is a loss of less than a tenth of that at T = 1000.
 * @throws {OptionError} if a size is not a positive whole number.
 * @see Hochreiter & Schmidhuber 1997; in this form: Arjovsky, Shah & Bengio 2016; Bai, Kolter & Koltun 2018
 */
export function copyMemory({ symbols = 8, count = 10 }: CopyMemoryOptions = {}): Task {
  const name = 'copyMemory';
  expectSizes(name, { symbols, count });
  const delimiter = symbols + 1;
  const names = ['_', ...Array.from({ length: symbols }, (_, i) => `${i + 1}`), ':'];
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ symbols, count }] },
    inputSize: symbols + 2,
    outputSize: symbols + 1,
    easiest: { length: 1 },
    symbols: { inputs: names, targets: names.slice(0, -1) },
    scoring: ids,
    solved: { rule: 'loss below 0.002', holds: ({ loss }) => loss < 0.002 },
    example(rng, { length }) {
      const shown = Array.from({ length: count }, () => 1 + rng.integer(symbols));
      const blanks = (n: number): number[] => Array<number>(n).fill(0);
      return {
        inputs: [...shown, ...blanks(length - 1), delimiter, ...blanks(count)],
        targets: [...blanks(count + length), ...shown],
      };
    },
    baseline({ length }) {
      const frames = length + 2 * count;
      return { loss: (count * Math.log(symbols)) / frames, accuracy: (length + count + count / symbols) / frames };
    },
  });
}
