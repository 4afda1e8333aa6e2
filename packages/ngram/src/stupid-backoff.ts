import { OptionError } from '@elman/core';
import { type BackoffTable, backoffModel } from './backoff-model.ts';
import { depthsOf, type NgramCounts, totalsOf } from './count-ngrams.ts';
import type { NextTokenModel } from './next-token-model.ts';
import { stateReader } from './state.ts';

/** Options of `stupidBackoff`. */
export interface StupidBackoffOptions {
  /** The factor of each shorter context, above 0 and at most 1. Default: 0.4. */
  readonly factor?: number | undefined;
}

/** A model that also has the scores that it normalises. */
export interface StupidBackoff extends NextTokenModel {
  /** log S(token | context): scores that do not sum to 1, and are the faster. */
  logScore(context: ArrayLike<number>, token: number): number;
}

/**
 * Stupid backoff: relative frequencies, and a fixed factor for each token of context that is left out.
 *
 *   S(w | u) = c(u·w) / c(u·)                                 if u·w occurs
 *   S(w | u) = factor·S(w | u without its first token)        otherwise
 *   P(w | u) = S(w | u) / Σ_v S(v | u)
 *
 * After the empty context, 1/vocabSize stands for the shorter one. Scores do not sum to 1; `logProbability` and
 * `logProbabilities` are of P, whose sums are computed once for all contexts that occur.
 *
 * @throws {OptionError} unless the factor is above 0 and at most 1.
 * @see Brants et al. 2007
 */
export function stupidBackoff(counts: NgramCounts, { factor = 0.4 }: StupidBackoffOptions = {}): StupidBackoff {
  if (!(factor > 0 && factor <= 1)) {
    throw new OptionError(`stupidBackoff: factor: expected a number above 0 and at most 1, got ${factor}.`);
  }
  const table = scoresOf(counts, factor);
  const logSum = logSumsOf(table);
  const { logProbability: score, logProbabilities: scores, ...rest } = backoffModel(table);
  const stateOf = stateReader(table);
  const depths = depthsOf(counts.trie);
  return {
    vocabSize: rest.vocabSize,
    contextSize: rest.contextSize,
    logScore(context, token) {
      // `score` begins with the longest context that occurs.
      const missing = lengthOf(counts, context) - (depths[stateOf(context)] as number);
      return missing * Math.log(factor) + score(context, token);
    },
    logProbability: (context, token) => score(context, token) - (logSum[stateOf(context)] as number),
    logProbabilities(context, out) {
      scores(context, out);
      const sum = logSum[stateOf(context)] as number;
      for (let token = 0; token < out.length; token++) (out[token] as number) -= sum;
    },
  };
}

/** log S of every n-gram. */
function scoresOf({ vocabSize, order, boundary, trie }: NgramCounts, factor: number): BackoffTable {
  const totals = totalsOf(trie);
  const unseen = -Math.log(vocabSize);
  const logP = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const count = trie.count(node);
    // A boundary that only begins texts has no count.
    const frequency = count / (totals[trie.parent(node)] as number);
    logP[node] = count === 0 ? Math.log(factor) + unseen : Math.log(frequency);
  }
  return { vocabSize, order, boundary, trie, logP, logGamma: logP.map(() => Math.log(factor)), unseen };
}

/**
 * log Z of every context: Z(u) = Σ_w S(w | u) over those that follow it
 *                               + factor·(Z(u′) − Σ_w S(w | u′) over the same),   u′ = u without its first token.
 */
function logSumsOf({ vocabSize, trie, logP, logGamma, unseen }: BackoffTable): Float64Array {
  const own = new Float64Array(trie.size);
  const shorter = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) {
    const context = trie.parent(node);
    (own[context] as number) += Math.exp(logP[node] as number);
    (shorter[context] as number) += Math.exp(context === 0 ? unseen : (logP[trie.suffix(node)] as number));
  }
  const sums = new Float64Array(trie.size);
  for (let node = 0; node < trie.size; node++) {
    const all = node === 0 ? vocabSize * Math.exp(unseen) : (sums[trie.suffix(node)] as number);
    sums[node] = (own[node] as number) + Math.exp(logGamma[node] as number) * (all - (shorter[node] as number));
  }
  return sums.map(Math.log);
}

/** How many tokens of a context count: not those before a boundary, but the one before the beginning. */
function lengthOf({ order, boundary }: NgramCounts, context: ArrayLike<number>): number {
  const longest = Math.min(context.length, order - 1);
  for (let length = 1; length <= longest; length++) {
    if (context[context.length - length] === boundary) return length;
  }
  return boundary === undefined || longest === order - 1 ? longest : longest + 1;
}
