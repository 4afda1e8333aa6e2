import { expectSizes, OptionError, type Rng, type Score, type Task } from '@elman/core';
import { defineTask } from '../define-task.ts';
import { ids } from '../scoring.ts';

/** Options of the n-gram model. */
export type NgramPredictionOptions = {
  /** Bits that the next one depends on; default 5, which makes 6-grams. */
  readonly context?: number | undefined;
};

/**
 * Next-bit prediction: every row has its own random table of the probability of a one after each context.
 *
 *   P(bitₜ = 1 | the 5 bits before) = table[these],  table ~ Beta(½, ½)
 *
 *   inputs   1 0 0 1 0 1 1 …      targets   0 0 1 0 1 1 …      counted from the first with a complete context
 *
 * `length` is the number of bits that are read, at least as many as the context.
 *
 * Baseline: by symmetry ones and zeros are equally likely: ln 2 nats, ½. The best that can be done, knowing the rule but not the table, is
 * `ngramEstimate`: 0.51 nats over 100 bits, 0.46 over 200, 0.39 over 1,000. With a known table it is 2·ln 2 − 1 = 0.39 nats for the
 * first bit, the mean entropy of Beta(½, ½), and 0.35 in the long run, as self-repeating contexts occur more often.
 * @throws {OptionError} if the context is not a whole number from 1 to 16.
 * @see Graves, Wayne & Danihelka 2014, Neural Turing machines, section 4.4: 200 bits
 */
export function ngramPrediction({ context = 5 }: NgramPredictionOptions = {}): Task {
  const name = 'ngramPrediction';
  expectSizes(name, { context });
  if (context > MOST) throw new OptionError(`${name}: context: expected at most ${MOST} bits, got ${context}.`);
  return defineTask({
    name,
    recipe: { package: '@elman/tasks', factory: name, arguments: [{ context }] },
    inputSize: 2,
    outputSize: 2,
    easiest: { length: context },
    symbols: { inputs: ['0', '1'], targets: ['0', '1'] },
    scoring: ids,
    solved: { rule: 'loss below 0.5, where 0.46 is the best over 200 bits', holds: ({ loss }) => loss < 0.5 },
    example(rng, { length }) {
      const table = Array.from({ length: 2 ** context }, () => betaHalf(rng));
      const bits = Array.from({ length: context }, () => rng.integer(2));
      while (bits.length <= length) {
        const place = bits.slice(-context).reduce((sum, bit) => 2 * sum + bit, 0);
        bits.push(rng.uniform() < (table[place] as number) ? 1 : 0);
      }
      return {
        inputs: bits.slice(0, -1),
        targets: bits.slice(1),
        mask: bits.slice(1).map((_, t) => (t + 1 >= context ? 1 : 0)),
      };
    },
    baseline: () => ({ loss: Math.LN2, accuracy: 0.5 }),
  });
}

/** Largest context; a table has 2^context numbers. */
const MOST = 16;

/** Beta(½, ½): X²/(X² + Y²) of two normal numbers. */
function betaHalf(rng: Rng): number {
  const [x, y] = [rng.normal() ** 2, rng.normal() ** 2];
  return x / (x + y);
}

/**
 * The Bayes-optimal estimate of rows of bits (inputs and the last target), from the bits that followed the
 * same context before:
 *
 *   P(bit = 1) = (N₁ + ½) / (N₀ + N₁ + 1)
 *
 * Returns its nats per bit and its accuracy over the bits that count.
 * @see Murphy 2012, Machine learning, section 3.3.3
 */
export function ngramEstimate(rows: readonly (readonly number[])[], context = 5): Score {
  let [loss, right, total] = [0, 0, 0];
  for (const bits of rows) {
    const seen = new Map<string, [number, number]>();
    for (let t = context; t < bits.length; t++) {
      const key = bits.slice(t - context, t).join('');
      const counts = seen.get(key) ?? [0, 0];
      const bit = bits[t] as 0 | 1;
      const ones = (counts[1] + 0.5) / (counts[0] + counts[1] + 1);
      loss -= Math.log(bit === 1 ? ones : 1 - ones);
      right += ones === 0.5 ? 0.5 : Number(ones > 0.5 === (bit === 1));
      counts[bit]++;
      seen.set(key, counts);
      total++;
    }
  }
  return { loss: loss / total, accuracy: right / total };
}
