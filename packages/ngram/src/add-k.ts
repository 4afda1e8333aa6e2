import { OptionError } from '@elman/core';
import { childrenOf } from './children.ts';
import { type NgramCounts, totalsOf } from './count-ngrams.ts';
import type { NextTokenModel } from './next-token-model.ts';

/** Options of `addK`. */
export interface AddKOptions {
  /** What is added to every count, above 0. Default: 1, Laplace's. */
  readonly k?: number | undefined;
}

/**
 * Additive smoothing of the n-grams of one length; at the beginning of a text, where there are fewer tokens before, of
 * shorter ones.
 *
 *   P(w | u) = (c(u·w) + k) / (c(u·) + k·vocabSize)
 *
 * @throws {OptionError} unless k is finite and above 0.
 * @see Lidstone 1920; Chen & Goodman 1999 measure how much worse it is than other methods
 */
export function addK(counts: NgramCounts, { k = 1 }: AddKOptions = {}): NextTokenModel {
  if (!(k > 0 && Number.isFinite(k))) throw new OptionError(`addK: k: expected a finite number above 0, got ${k}.`);
  const { vocabSize, order, trie } = counts;
  const totals = totalsOf(trie);
  const children = childrenOf(trie);
  return {
    vocabSize,
    contextSize: order - 1,
    logProbability(context, token) {
      const node = wholeContext(counts, context);
      if (node === undefined) return -Math.log(vocabSize);
      const found = trie.find(node, token);
      const count = found === 0 ? 0 : trie.count(found);
      return Math.log((count + k) / ((totals[node] as number) + k * vocabSize));
    },
    logProbabilities(context, out) {
      const node = wholeContext(counts, context);
      if (node === undefined) {
        out.fill(-Math.log(vocabSize));
        return;
      }
      const total = (totals[node] as number) + k * vocabSize;
      out.fill(Math.log(k / total));
      children.each(node, (token, child) => {
        out[token] = Math.log((trie.count(child) + k) / total);
      });
    },
  };
}

/** The node of all of a context that counts; undefined if it did not occur. */
function wholeContext({ order, boundary, trie }: NgramCounts, context: ArrayLike<number>): number | undefined {
  const first = context.length - order + 1;
  const beginning = boundary === undefined ? 0 : trie.find(0, boundary);
  let node: number | undefined = first < 0 ? beginning : 0;
  for (let i = Math.max(0, first); i < context.length; i++) {
    const token = context[i] as number;
    if (token === boundary) node = beginning;
    else if (node !== undefined) node = trie.find(node, token) || undefined;
  }
  return node;
}
