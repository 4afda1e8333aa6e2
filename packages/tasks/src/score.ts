import type { Score } from '@elman/core';

/** Of who takes each of so many answers to be as likely as another: ln n nats, 1/n. */
export function uniform(answers: number): Score {
  return { loss: Math.log(answers), accuracy: 1 / answers };
}

/**
 * Of who knows how often each symbol stands at each place of an answer, and nothing else: its entropy, and the chance of the most
 * frequent. The chances of a place sum to that of an answer which has the place, by which it counts.
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
