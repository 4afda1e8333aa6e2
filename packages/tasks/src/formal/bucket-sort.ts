import type { Task } from '@elman/core';
import { scoreByPlace } from '../score.ts';
import { type StringOptions, stringTask } from './string-task.ts';

/**
 * The symbols of a string, sorted.
 *
 *   inputs   4 2 1 1 3 _ _ _ _ _
 *   targets            1 1 2 3 4
 *
 * `length` is that of the string; `vocabSize` is 5 by default.
 *
 * Baseline: of n symbols the i-th of the sorted is at most v where at least i of the n are, P(vᵢ ≤ v) = P(Bin(n, (v + 1)/k) ≥ i); the score
 * is the mean over places. It falls with the length, as places become more informative: 0.69 nats at length 20, 0.32 at 100.
 * @throws {OptionError} if there are fewer than two symbols.
 * @see Delétang et al. 2023, Neural networks and the Chomsky hierarchy (context-sensitive)
 */
export function bucketSort({ vocabSize = 5 }: StringOptions = {}): Task {
  return stringTask(
    'bucketSort',
    vocabSize,
    (string) => string.toSorted((a, b) => a - b),
    (length) => scoreByPlace(sortedChances(length, vocabSize)),
  );
}

/** The probability of each symbol at each place of a sorted string. */
function sortedChances(length: number, vocabSize: number): number[][] {
  const places = Array.from({ length }, () => Array<number>(vocabSize).fill(0));
  let before = Array<number>(length).fill(0);
  for (let symbol = 0; symbol < vocabSize; symbol++) {
    const last = symbol === vocabSize - 1;
    const atMost = last ? Array<number>(length).fill(1) : atLeast(length, (symbol + 1) / vocabSize);
    for (const [place, chances] of places.entries()) {
      chances[symbol] = Math.max(0, (atMost[place] as number) - (before[place] as number));
    }
    before = atMost;
  }
  return places;
}

/** P(Bin(n, p) ≥ i) for i = 1 to n. */
function atLeast(n: number, p: number): number[] {
  const tails = Array<number>(n).fill(0);
  let logChance = n * Math.log(p);
  let tail = 0;
  for (let i = n; i >= 1; i--) {
    tail += Math.exp(logChance);
    tails[i - 1] = Math.min(1, tail);
    logChance += Math.log(i / (n - i + 1)) + Math.log((1 - p) / p);
  }
  return tails;
}
