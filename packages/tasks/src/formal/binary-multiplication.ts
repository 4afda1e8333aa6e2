import { Rng, type Score, type Task } from '@elman/core';
import { scoreByPlace } from '../score.ts';
import { binaryTask, END, operation } from './binary.ts';

/**
 * The product of two binary numbers, all with the lowest bit first.
 *
 *   inputs   1 0 0 1 * 0 1 _ _ _ _ _ _ _
 *   targets                0 1 0 0 1 end      9 · 2 = 18
 *
 * Numbers are those of `binaryAddition`: `length` is that of both and the sign, from 3 on, and there are `length` frames to answer in, of
 * which those after the `end` do not count.
 *
 * Baseline: bits of products have no closed-form distribution. It predicts from the frequencies of the symbols at each place of
 * an answer, estimated on 2,000 rows from a fixed seed.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function binaryMultiplication(): Task {
  const known = new Map<number, Score>();
  return binaryTask('binaryMultiplication', '*', times, (length) => {
    const score = known.get(length) ?? scoreByPlace(countProducts(length));
    known.set(length, score);
    return score;
  });
}

const times = (a: bigint, b: bigint): bigint => a * b;

/** How often 0, 1 and the end occur at each place of a product. */
function countProducts(length: number): number[][] {
  const places = Array.from({ length }, () => [0, 0, 0]);
  const rng = Rng.seeded('baseline');
  for (let row = 0; row < 2000; row++) {
    const { answer } = operation(rng.fork(row), length, times);
    for (const [place, symbol] of [...answer, END].entries()) {
      const counts = places[place] as number[];
      counts[symbol] = (counts[symbol] as number) + 1;
    }
  }
  return places.filter((counts) => counts.some((count) => count > 0));
}
