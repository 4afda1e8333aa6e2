/**
 * The best candidates up to a size: by rank, ties: the lower token, then the lower beam. A
 * candidate of rank −∞ (or NaN) is ignored.
 */
export class Pool {
  readonly #ranks: Float64Array;
  readonly #logProbabilities: Float64Array;
  readonly #tokens: Int32Array;
  readonly #beams: Int32Array;
  #size = 0;
  /** The rank below which candidates are rejected. */
  least: number = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.#ranks = new Float64Array(capacity);
    this.#logProbabilities = new Float64Array(capacity);
    this.#tokens = new Int32Array(capacity);
    this.#beams = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  clear(): void {
    this.#size = 0;
    this.least = Number.NEGATIVE_INFINITY;
  }

  offer(rank: number, token: number, beam: number, logProbability: number): void {
    if (!(rank > Number.NEGATIVE_INFINITY) || rank < this.least) return;
    const ranks = this.#ranks;
    const capacity = ranks.length;
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#isBefore(middle, rank, token, beam)) low = middle + 1;
      else high = middle;
    }
    if (low === capacity) return;
    const last = Math.min(this.#size, capacity - 1);
    for (const column of [ranks, this.#logProbabilities, this.#tokens, this.#beams])
      column.copyWithin(low + 1, low, last);
    ranks[low] = rank;
    this.#logProbabilities[low] = logProbability;
    this.#tokens[low] = token;
    this.#beams[low] = beam;
    this.#size = last + 1;
    if (this.#size === capacity) this.least = ranks[capacity - 1] as number;
  }

  /** The candidates, best first. */
  candidates(): Candidate[] {
    return Array.from({ length: this.#size }, (_, i) => ({
      rank: this.#ranks[i] as number,
      token: this.#tokens[i] as number,
      beam: this.#beams[i] as number,
      logProbability: this.#logProbabilities[i] as number,
    }));
  }

  #isBefore(at: number, rank: number, token: number, beam: number): boolean {
    const own = this.#ranks[at] as number;
    if (own !== rank) return own > rank;
    const ownToken = this.#tokens[at] as number;
    return ownToken === token ? (this.#beams[at] as number) < beam : ownToken < token;
  }
}

/** A token and the index of its beam. */
export interface Candidate {
  readonly rank: number;
  readonly token: number;
  readonly beam: number;
  /** Log-probability of all tokens up to this one. */
  readonly logProbability: number;
}

/** The order of a pool. */
export const byRank = (a: Candidate, b: Candidate): number => b.rank - a.rank || a.token - b.token || a.beam - b.beam;
