import type { Score } from '@elman/core';

/** Uniform baseline over n answers: ln n nats, 1/n. */
export function uniform(answers: number): Score {
  return { loss: Math.log(answers), accuracy: 1 / answers };
}

/**
 * Baseline from the frequencies of the symbols at each place of an answer: their entropy, and the probability of the most
 * frequent. The probabilities of a place sum to that of an answer which has the place, by which it is weighted.
 *
 *   loss     = −Σₚ Σₛ P(p, s) ln P(s | p) / Σₚ Σₛ P(p, s)
 *   accuracy =  Σₚ maxₛ P(p, s) / Σₚ Σₛ P(p, s)
 */
export function scoreByPlace(places: readonly (readonly number[])[]): Score {
  let [loss, right, total] = [0, 0, 0];
  for (const chances of places) {
    const count = chances.reduce((sum, chance) => sum + chance, 0);
    for (const chance of chances) if (chance > 0) loss -= chance * Math.log(chance / count);
    right += Math.max(...chances);
    total += count;
  }
  return { loss: loss / total, accuracy: right / total };
}
