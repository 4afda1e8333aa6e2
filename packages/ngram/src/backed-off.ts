import { type BackoffModel, modelOf } from './backoff-model.ts';
import type { NgramCounts } from './count-ngrams.ts';
import type { Smoothing } from './interpolated.ts';

/** A sum of probabilities below this is one of rounding errors. */
const NOTHING = 1e-9;

/**
 * A model that goes back to shorter contexts for those tokens alone that do not follow a context:
 *
 *   P(w | u) = kept(u·w)/n(u)                             if kept(u·w) > 0
 *   P(w | u) = γ(u)·P(w | u without its first token)      otherwise
 *   n(u)     = Σ_w kept(u·w) + freed(u)
 *   γ(u)     = freed(u)/n(u) / Σ_w P(w | u without its first token),   over the others
 *
 * Where there are no others, P is kept(u·w) / Σ_v kept(u·v). After the empty context P is that of `interpolated`.
 *
 * @param depths the length of each node
 */
export function backedOff(counts: NgramCounts, depths: Uint8Array, { kept, freed }: Smoothing): BackoffModel {
  const { vocabSize, order, trie } = counts;
  const all = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) (all[trie.parent(node)] as number) += kept[node] as number;
  const p = new Float64Array(trie.size);
  const gamma = new Float64Array(trie.size).fill(1);
  const total = (context: number): number => (all[context] as number) + (freed[context] as number);

  if (total(0) > 0) gamma[0] = (freed[0] as number) / total(0);
  forDepth(1, (node) => {
    p[node] = (gamma[0] as number) / vocabSize + (kept[node] === 0 ? 0 : (kept[node] as number) / total(0));
  });
  for (let depth = 2; depth <= order; depth++) {
    const others = new Float64Array(trie.size).fill(1);
    forDepth(depth, (node, context) => {
      if (kept[node] !== 0) (others[context] as number) -= p[trie.suffix(node)] as number;
    });
    forDepth(depth - 1, (context) => {
      if (total(context) === 0) return;
      const left = others[context] as number;
      gamma[context] = left < NOTHING ? 0 : (freed[context] as number) / total(context) / left;
    });
    forDepth(depth, (node, context) => {
      const n = gamma[context] === 0 ? (all[context] as number) : total(context);
      p[node] =
        kept[node] === 0 ? (gamma[context] as number) * (p[trie.suffix(node)] as number) : (kept[node] as number) / n;
    });
  }
  return modelOf(counts, p, gamma);

  function forDepth(depth: number, visit: (node: number, context: number) => void): void {
    for (let node = 1; node < trie.size; node++) if (depths[node] === depth) visit(node, trie.parent(node));
  }
}
