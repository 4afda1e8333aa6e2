import type { Hypothesis } from './hypothesis.ts';

/** The best hypotheses, by score; ties: the earlier. */
export class Ranking {
  readonly #count: number;
  readonly #best: Hypothesis[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  get hypotheses(): Hypothesis[] {
    return [...this.#best];
  }

  /** Whether a score is enough for a place. */
  hasPlaceFor(score: number): boolean {
    const last = this.#best[this.#count - 1];
    return last === undefined || score > last.score;
  }

  add(hypothesis: Hypothesis): void {
    const best = this.#best;
    let at = best.length;
    while (at > 0 && (best[at - 1] as Hypothesis).score < hypothesis.score) at--;
    best.splice(at, 0, hypothesis);
    if (best.length > this.#count) best.pop();
  }
}

/** The best of several lists, each best first, without duplicates. */
export function merged(lists: readonly (readonly Hypothesis[])[], count: number): Hypothesis[] {
  const all = lists.flat().sort((a, b) => b.score - a.score);
  return all.filter((one, i) => !all.slice(0, i).some((other) => isSame(one, other))).slice(0, count);
}

const isSame = (a: Hypothesis, b: Hypothesis): boolean =>
  a.end === b.end && a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);
