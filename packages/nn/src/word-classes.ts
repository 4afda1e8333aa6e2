import { OptionError } from '@elman/core';

/** How words are assigned to classes. */
export type WordClassOptions = {
  /** How many classes, at most; default: √V, rounded. */
  readonly count?: number | undefined;
  /**
   * What each class has the same share of: `frequency`, or `sqrt-frequency`, its square root, with which the class of
   * the rarest words is smaller. Default: `sqrt-frequency`.
   */
  readonly by?: 'frequency' | 'sqrt-frequency' | undefined;
};

/**
 * Classes of words of similar frequency, for `classSoftmax`: the words in decreasing order of their counts, cut where
 * the share of the words so far reaches 1/C, 2/C, …
 *
 * @param counts [V]: how often each id occurs in the training text.
 * @returns [V]: the class of each id, from 0, the class of the most frequent words.
 * @throws {OptionError} if a count is negative or not finite, all are 0, or an option is wrong.
 * @see Mikolov et al. 2011, Extensions of recurrent neural network language model (by frequency); RNNLM toolkit (both)
 */
export function wordClasses(counts: ArrayLike<number>, options: WordClassOptions = {}): number[] {
  const name = 'wordClasses';
  const { count = Math.max(1, Math.round(Math.sqrt(counts.length))), by = 'sqrt-frequency' } = options;
  if (!Number.isSafeInteger(count) || count < 1 || count > counts.length) {
    throw new OptionError(`${name}: count: expected 1 to ${counts.length}, the number of words, got ${count}.`);
  }
  if (by !== 'frequency' && by !== 'sqrt-frequency') {
    throw new OptionError(`${name}: by: expected frequency or sqrt-frequency, got ${by as string}.`);
  }
  const shares = Float64Array.from(expectCounts(name, counts), by === 'frequency' ? (n) => n : Math.sqrt);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const classes = Array<number>(counts.length).fill(0);
  let current = 0;
  let sum = 0;
  for (const id of byFrequency(counts)) {
    classes[id] = current;
    sum += shares[id] as number;
    // The sum of float64 numbers may be just below the share that it equals.
    if (current < count - 1 && sum / total >= (current + 1) / count - 1e-12) current++;
  }
  return classes;
}

/** The ids in decreasing order of their counts; ties: lower id first. */
export function byFrequency(counts: ArrayLike<number>): number[] {
  const ids = Array.from({ length: counts.length }, (_, id) => id);
  return ids.sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b);
}

/** The counts. @throws {OptionError} if one is negative or not finite, or all are 0. */
export function expectCounts(where: string, counts: ArrayLike<number>): number[] {
  const found = Array.from(counts);
  const wrong = found.findIndex((count) => !(count >= 0 && Number.isFinite(count)));
  if (wrong >= 0) {
    throw new OptionError(`${where}: counts: expected numbers from 0, got ${found[wrong]} for id ${wrong}.`);
  }
  if (found.some((count) => count > 0)) return found;
  throw new OptionError(
    `${where}: counts: expected how often each id occurs, got zeros alone; count the training text.`,
  );
}
