import type { NextTokenModel } from './next-token-model.ts';
import type { NgramTrie } from './ngram-trie.ts';

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
 * An interpolated model is of this form too: its P of n-grams that are in the trie is computed in advance. A context that is not in the trie
 * counts as its longest suffix that is.
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
      const state = stateOf(context);
      const states: number[] = [];
      let sum = 0;
      for (let at = state; at !== 0; at = trie.suffix(at)) {
        states.push(at);
        sum += logGamma[at] as number;
      }
      for (let token = 0; token < vocabSize; token++) out[token] = sum + (lowest[token] as number);
      for (const at of states.reverse()) {
        sum -= logGamma[at] as number;
        children.each(at, (token, node) => {
          out[token] = sum + (logP[node] as number);
        });
      }
    },
  };
}

/** Finds the node of the longest suffix of a context that is in a trie. */
function stateReader({
  order,
  boundary,
  trie,
}: Pick<BackoffTable, 'order' | 'boundary' | 'trie'>): (context: ArrayLike<number>) => number {
  const beginning = boundary === undefined ? 0 : trie.find(0, boundary);
  return (context) => {
    const first = context.length - order + 1;
    let state = first < 0 ? beginning : 0;
    for (let i = Math.max(0, first); i < context.length; i++) state = trie.step(state, context[i] as number);
    return state;
  };
}

/** The children of every node of a trie. */
interface Children {
  readonly bytes: number;
  each(parent: number, visit: (token: number, node: number) => void): void;
}

/** Lists the children of every node, by counting sort. */
function childrenOf(trie: NgramTrie): Children {
  const starts = new Int32Array(trie.size + 1);
  for (let node = 1; node < trie.size; node++) (starts[trie.parent(node) + 1] as number)++;
  for (let node = 0; node < trie.size; node++) (starts[node + 1] as number) += starts[node] as number;
  const sorted = new Int32Array(trie.size - 1);
  const next = starts.slice();
  for (let node = 1; node < trie.size; node++) sorted[(next[trie.parent(node)] as number)++] = node;
  return {
    bytes: starts.byteLength + sorted.byteLength,
    each(parent, visit) {
      const end = starts[parent + 1] as number;
      for (let i = starts[parent] as number; i < end; i++) {
        const node = sorted[i] as number;
        visit(trie.token(node), node);
      }
    },
  };
}
