import type { BackoffTable } from './backoff-model.ts';

/** Finds the node of the longest suffix of a context that is in a trie. */
export function stateReader({
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
