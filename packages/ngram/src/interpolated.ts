import { type BackoffModel, modelOf } from './backoff-model.ts';
import type { NgramCounts } from './count-ngrams.ts';

/** What a method of smoothing takes from each count, and what it gives to shorter contexts. */
export interface Smoothing {
  /** Of each node: what is kept of its count. */
  readonly kept: Float64Array;
  /** Of each node as a context: the weight of the shorter one, on the scale of what is kept. */
  readonly freed: Float64Array;
}

/**
 * An interpolated model:
 *
 *   P(w | u) = kept(u·w)/n(u) + γ(u)·P(w | u without its first token),   γ(u) = freed(u)/n(u)
 *   n(u)     = Σ_w kept(u·w) + freed(u)
 *
 * and after the empty context, 1/vocabSize instead of the shorter one. Where n(u) is 0, γ(u) is 1.
 */
export function interpolated(counts: NgramCounts, { kept, freed }: Smoothing): BackoffModel {
  const { vocabSize, trie } = counts;
  const total = freed.slice();
  for (let node = 1; node < trie.size; node++) (total[trie.parent(node)] as number) += kept[node] as number;
  const gamma = freed.map((mass, node) => (total[node] === 0 ? 1 : mass / (total[node] as number)));
  const p = new Float64Array(trie.size);
  // A node's suffix has a lower number, and is the same token after the suffix of its context.
  for (let node = 1; node < trie.size; node++) {
    const context = trie.parent(node);
    const shorter = context === 0 ? 1 / vocabSize : (p[trie.suffix(node)] as number);
    const own = kept[node] === 0 ? 0 : (kept[node] as number) / (total[context] as number);
    p[node] = own + (gamma[context] as number) * shorter;
  }
  return modelOf(counts, p, gamma);
}
