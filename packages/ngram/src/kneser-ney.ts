import { backedOff } from './backed-off.ts';
import type { BackoffModel } from './backoff-model.ts';
import { depthsOf, type NgramCounts } from './count-ngrams.ts';
import { type Discounts, estimateDiscounts } from './discounts.ts';
import { interpolated } from './interpolated.ts';

/** Options of `kneserNey`. */
export interface KneserNeyOptions {
  /** Three discounts for each length of n-grams, for counts of 1, 2, and 3 or more, or a single one. Default: modified. */
  readonly discounts?: 'modified' | 'single' | undefined;
  /** Whether shorter contexts count for every token, or only for those that do not follow a context. Default: true. */
  readonly interpolate?: boolean | undefined;
}

/**
 * Kneser–Ney smoothing, interpolated.
 *
 *   P(w | u) = (c(u·w) − D(c(u·w)))⁺ / c(u·) + γ(u)·P(w | u without its first token)
 *   γ(u)     = (D₁·N₁(u·) + D₂·N₂(u·) + D₃·N₃₊(u·)) / c(u·)
 *   modified: D₁ = 1 − 2Y·n₂/n₁,  D₂ = 2 − 3Y·n₃/n₂,  D₃ = 3 − 4Y·n₄/n₃,   Y = n₁/(n₁ + 2·n₂)
 *   single:   D₁ = D₂ = D₃ = Y
 *
 * c counts occurrences for n-grams of the highest order and for those that begin a sentence; for others the different tokens that
 * precede them. N_c(u·) is the number of tokens that follow u with the count c, and n_c that of all n-grams of the length
 * with it. The empty context is interpolated with the uniform distribution, so every token has a positive probability.
 *
 * With `interpolate: false`, backoff as in Kneser & Ney 1995: the second term of P is for tokens alone that do not
 * follow u, and γ(u) is such that the sum is 1; the lowest order stays interpolated.
 *
 * A text too small to estimate the discounts of a length (an n_c is 0, or D_c not between 0 and c) gets ½, 1 and 1½ for it,
 * single: ½.
 *
 * @see Kneser & Ney 1995; the three discounts: Chen & Goodman 1999; n-grams that begin a sentence: Heafield et al. 2013
 */
export function kneserNey(
  counts: NgramCounts,
  { discounts = 'modified', interpolate = true }: KneserNeyOptions = {},
): BackoffModel {
  const { trie, order } = counts;
  const depths = depthsOf(trie);
  const adjusted = adjustedCounts(counts, depths);
  const estimates = estimateDiscounts(adjusted, depths, order, discounts);
  const kept = new Float64Array(trie.size);
  const freed = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const count = adjusted[node] as number;
    if (count === 0) continue;
    const discount = (estimates[(depths[node] as number) - 1] as Discounts)[Math.min(count, 3) - 1] as number;
    kept[node] = count - discount;
    (freed[trie.parent(node)] as number) += discount;
  }
  return interpolate ? interpolated(counts, { kept, freed }) : backedOff(counts, depths, { kept, freed });
}

/** c of the equations above, of each node. */
function adjustedCounts({ trie, order, boundary }: NgramCounts, depths: Uint8Array): Int32Array {
  const adjusted = new Int32Array(trie.size);
  const isFirst = new Uint8Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const parent = trie.parent(node);
    const depth = depths[node] as number;
    if (depth === 2 && trie.token(parent) === boundary) isFirst[node] = 1;
    else if (depth > 2) isFirst[node] = isFirst[parent] as number;
    if (depth === order || isFirst[node] === 1) adjusted[node] = trie.count(node);
    if (depth > 1) (adjusted[trie.suffix(node)] as number)++;
  }
  return adjusted;
}
