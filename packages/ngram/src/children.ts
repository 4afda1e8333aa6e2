import type { NgramTrie } from './ngram-trie.ts';

/** The children of every node of a trie. */
export interface Children {
  readonly bytes: number;
  each(parent: number, visit: (token: number, node: number) => void): void;
}

/** Lists the children of every node, by counting sort. */
export function childrenOf(trie: NgramTrie): Children {
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
