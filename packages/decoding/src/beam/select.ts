import type { Candidate } from './pool.ts';

/** The selected candidates, live and ended, best first each. */
export interface Selection {
  readonly ended: readonly Candidate[];
  readonly live: readonly Candidate[];
}

/**
 * Of candidates, best first, the `width` best that are not end tokens stay live, and the end tokens among the `width` best of all end.
 *
 * In banks, the `width` places are dealt out one by one, to the bank with the most required tokens first and from there
 * down, over and over, as long as each has candidates. Each bank keeps that many live, and the end tokens among its
 * `width` best end.
 */
export function select(
  candidates: readonly Candidate[],
  width: number,
  isEnd: (candidate: Candidate) => boolean,
  bankOf?: (candidate: Candidate) => number,
): Selection {
  if (bankOf === undefined) return inOneBank(candidates, width, width, isEnd);
  const banks = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const bank = bankOf(candidate);
    const own = banks.get(bank);
    if (own === undefined) banks.set(bank, [candidate]);
    else own.push(candidate);
  }
  const highestFirst = [...banks.keys()].sort((a, b) => b - a).map((bank) => banks.get(bank) as Candidate[]);
  const places = highestFirst.map(() => 0);
  for (let left = Math.min(width, candidates.length); left > 0; ) {
    for (const [i, own] of highestFirst.entries()) {
      if (left === 0 || (places[i] as number) === own.length) continue;
      places[i] = (places[i] as number) + 1;
      left--;
    }
  }
  const selections = highestFirst.map((own, i) => inOneBank(own, width, places[i] as number, isEnd));
  const live = new Set(selections.flatMap((selection) => selection.live));
  for (const candidate of candidates) {
    if (live.size === width) break;
    if (!isEnd(candidate)) live.add(candidate);
  }
  return {
    ended: selections.flatMap((selection) => selection.ended),
    live: candidates.filter((candidate) => live.has(candidate)),
  };
}

function inOneBank(
  candidates: readonly Candidate[],
  ends: number,
  places: number,
  isEnd: (candidate: Candidate) => boolean,
): Selection {
  const ended: Candidate[] = [];
  const live: Candidate[] = [];
  for (const [rank, candidate] of candidates.entries()) {
    if (!isEnd(candidate)) {
      if (live.length < places) live.push(candidate);
    } else if (rank < ends) ended.push(candidate);
  }
  return { ended, live };
}
