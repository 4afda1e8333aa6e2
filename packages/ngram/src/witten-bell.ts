import type { BackoffModel } from './backoff-model.ts';
import type { NgramCounts } from './count-ngrams.ts';
import { interpolated } from './interpolated.ts';

/**
 * Interpolated Witten–Bell smoothing: a context gives to the shorter one in proportion to the number T of different
 * tokens that follow it.
 *
 *   P(w | u) = (c(u·w) + T(u)·P(w | u without its first token)) / (c(u·) + T(u))
 *
 * The empty context is interpolated with the uniform distribution, so every token has a positive probability.
 *
 * @see Witten & Bell 1991 (method C); interpolated: Chen & Goodman 1999
 */
export function wittenBell(counts: NgramCounts): BackoffModel {
  const { trie } = counts;
  const kept = new Float64Array(trie.size);
  const freed = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const count = trie.count(node);
    if (count === 0) continue; // A boundary that begins the text and never follows anything.
    kept[node] = count;
    (freed[trie.parent(node)] as number)++;
  }
  return interpolated(counts, { kept, freed });
}
