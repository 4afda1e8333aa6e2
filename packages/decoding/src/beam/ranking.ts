import type { Hypothesis } from './hypothesis.ts';

/** The best hypotheses, by score, of equals the earlier. */
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

  /** One that is there already is not added again: groups may find the same. */
  add(hypothesis: Hypothesis): void {
    const best = this.#best;
    if (hypothesis.group !== undefined && best.some((other) => isSame(other, hypothesis))) return;
    let at = best.length;
    while (at > 0 && (best[at - 1] as Hypothesis).score < hypothesis.score) at--;
    best.splice(at, 0, hypothesis);
    if (best.length > this.#count) best.pop();
  }
}

const isSame = (a: Hypothesis, b: Hypothesis): boolean =>
  a.end === b.end && a.ids.length === b.ids.length && a.ids.every((id, i) => id === b.ids[i]);
