import { Heap } from '../heap.ts';
import type { Section } from './section.ts';

/** The factor in the queue's key of a merge, rank · 2³¹ + position in a piece. */
const POSITIONS = 2 ** 31;

/**
 * Reads the `merges` of a model: pairs of tokens, the first learnt first. Returns a function that merges the ids of a piece, in
 * place: the first learnt pair first, ties: the leftmost, until no pair is left.
 */
export function readMerges(
  section: Section,
  vocabulary: ReadonlyMap<string, number>,
  prefix: string,
): (ids: number[]) => number[] {
  const size = 1 + [...vocabulary.values()].reduce((highest, id) => Math.max(highest, id), -1);
  const ranks = new Map<number, number>();
  const merged: number[] = [];
  const given = section.list('merges').filter((merge) => typeof merge !== 'string' || !merge.startsWith('#version'));
  for (const [rank, merge] of given.entries()) {
    const pair = typeof merge === 'string' ? merge.split(' ') : merge;
    const [left, right] = (Array.isArray(pair) && pair.length === 2 ? pair : []) as string[];
    const leftId = vocabulary.get(left as string);
    const rightId = vocabulary.get(right as string);
    const id = right?.startsWith(prefix) ? vocabulary.get(`${left}${right.slice(prefix.length)}`) : undefined;
    if (leftId === undefined || rightId === undefined || id === undefined) {
      return section.damaged('merges', 'pairs of tokens that make a token', merge);
    }
    ranks.set(leftId * size + rightId, rank);
    merged.push(id);
  }

  return (ids) => {
    const { length } = ids;
    if (length < 2) return ids;
    const previous = Int32Array.from(ids, (_, i) => i - 1);
    const next = Int32Array.from(ids, (_, i) => i + 1);
    const queue = new Heap<number>((a, b) => a - b);
    const rankAt = (left: number): number | undefined => {
      const right = next[left] as number;
      return right < length ? ranks.get((ids[left] as number) * size + (ids[right] as number)) : undefined;
    };
    const queueAt = (left: number) => {
      const rank = rankAt(left);
      if (rank !== undefined) queue.push(rank * POSITIONS + left);
    };
    for (let i = 0; i < length; i++) queueAt(i);
    for (let first = queue.pop(); first !== undefined; first = queue.pop()) {
      const left = first % POSITIONS;
      if (ids[left] === -1) continue;
      const rank = rankAt(left);
      const id = merged[Math.floor(first / POSITIONS)] as number;
      // A queued pair may be out of date; another pair with the same result is equivalent.
      if (rank === undefined || merged[rank] !== id) continue;
      const right = next[left] as number;
      ids[left] = id;
      ids[right] = -1;
      const after = next[right] as number;
      next[left] = after;
      if (after < length) previous[after] = left;
      if ((previous[left] as number) >= 0) queueAt(previous[left] as number);
      queueAt(left);
    }
    return ids.filter((id) => id !== -1);
  };
}
