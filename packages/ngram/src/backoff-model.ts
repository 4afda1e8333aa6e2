import { childrenOf } from './children.ts';
import type { NgramCounts } from './count-ngrams.ts';
import type { NextTokenModel } from './next-token-model.ts';
import type { NgramTrie } from './ngram-trie.ts';
import { stateReader } from './state.ts';

/** Log-probabilities of n-grams, and weights of contexts. */
export interface BackoffTable {
  readonly vocabSize: number;
  /** The length of the longest n-grams. */
  readonly order: number;
  /** The token that ends each sentence, if there is one: see `countNgrams`. */
  readonly boundary?: number | undefined;
  readonly trie: NgramTrie;
  /** Of each node of the trie: log P of its last token given the others, in nats. */
  readonly logP: Float64Array;
  /** Of each node of the trie as a context: log γ. */
  readonly logGamma: Float64Array;
  /** log P of a token that is not in the trie, without γ of the empty context. */
  readonly unseen: number;
}

/** An n-gram model with backoff to shorter contexts. */
export interface BackoffModel extends NextTokenModel {
  readonly order: number;
  /** The memory it takes. */
  readonly bytes: number;
  readonly table: BackoffTable;
}

/**
 * A model of n-grams and of what is left for the others:
 *
 *   log P(w | u) = logP(u·w)                                        if u·w is in the trie
 *   log P(w | u) = logGamma(u) + log P(w | u without its first token)   otherwise
 *
 * An interpolated model is of this form too: its P of n-grams that are in the trie is computed in advance. A context
 * that is not in the trie counts as its longest suffix that is.
 */
export function backoffModel(table: BackoffTable): BackoffModel {
  const { vocabSize, order, trie, logP, logGamma, unseen } = table;
  const stateOf = stateReader(table);
  const children = childrenOf(trie);
  const lowest = new Float64Array(vocabSize).fill((logGamma[0] as number) + unseen);
  children.each(0, (token, node) => {
    lowest[token] = logP[node] as number;
  });

  return {
    vocabSize,
    order,
    contextSize: order - 1,
    table,
    bytes: trie.bytes + logP.byteLength + logGamma.byteLength + lowest.byteLength + children.bytes,
    logProbability(context, token) {
      let sum = 0;
      for (let state = stateOf(context); state !== 0; state = trie.suffix(state)) {
        const node = trie.find(state, token);
        if (node !== 0) return sum + (logP[node] as number);
        sum += logGamma[state] as number;
      }
      return sum + (lowest[token] as number);
    },
    logProbabilities(context, out) {
      // The states from the longest on, and log γ of those before each.
      const states: number[] = [];
      const sums = [0];
      for (let state = stateOf(context); state !== 0; state = trie.suffix(state)) {
        sums.push((sums[states.length] as number) + (logGamma[state] as number));
        states.push(state);
      }
      const whole = sums[states.length] as number;
      for (let token = 0; token < vocabSize; token++) out[token] = whole + (lowest[token] as number);
      for (let i = states.length - 1; i >= 0; i--) {
        children.each(states[i] as number, (token, node) => {
          out[token] = (sums[i] as number) + (logP[node] as number);
        });
      }
    },
  };
}

/** A model of counts, given P of each of their n-grams and γ of each as a context. */
export function modelOf(
  { vocabSize, order, boundary, trie }: NgramCounts,
  p: Float64Array,
  gamma: Float64Array,
): BackoffModel {
  const [logP, logGamma] = [p.map(Math.log), gamma.map(Math.log)];
  return backoffModel({ vocabSize, order, boundary, trie, logP, logGamma, unseen: -Math.log(vocabSize) });
}
