import { DataError, expectSizes, isId, OptionError } from '@elman/core';
import { NgramTrie } from './ngram-trie.ts';

/** The highest order of n-grams. */
const HIGHEST_ORDER = 20;

/** Options of `countNgrams`. */
export interface CountOptions {
  readonly vocabSize: number;
  /** The longest n-grams counted, from 1 to 20 tokens. */
  readonly order: number;
  /**
   * The token that ends each sentence. It is predicted like any other, but what follows has it as its first token of context and
   * nothing before it; so has the beginning of a text. Default: a text is one stream.
   */
  readonly boundary?: number | undefined;
}

/** How often each n-gram of a text occurs. */
export interface NgramCounts extends CountOptions {
  /** The numbers of different n-grams of each length, from 1 to `order`. */
  readonly sizes: readonly number[];
  /** The memory they take. */
  readonly bytes: number;
  /** How often an n-gram occurs. Its first token may be the boundary, which then is the beginning of a sentence. */
  count(ngram: ArrayLike<number>): number;
  /** The n-grams as a trie. */
  readonly trie: NgramTrie;
}

/**
 * Counts the n-grams of lengths 1 to `order` of a text, or of several, in each of which it begins anew.
 *
 * @throws {OptionError} for an order above 20, or a boundary outside of the vocabulary.
 * @throws {DataError} for a token outside of the vocabulary.
 */
export function countNgrams(
  texts: ArrayLike<number> | readonly ArrayLike<number>[],
  options: CountOptions,
): NgramCounts {
  const { vocabSize, order, boundary } = options;
  expectSizes('countNgrams', { vocabSize, order });
  if (order > HIGHEST_ORDER) {
    throw new OptionError(`countNgrams: order: expected at most ${HIGHEST_ORDER}, got ${order}.`);
  }
  if (boundary !== undefined && !isId(boundary, vocabSize)) {
    throw new OptionError(`countNgrams: boundary: expected an id from 0 to ${vocabSize - 1}, got ${boundary}.`);
  }
  const trie = new NgramTrie();
  const start = boundary === undefined ? 0 : trie.add(0, boundary, 0, 0);
  for (const text of isTexts(texts) ? texts : [texts]) {
    countText(trie, text, options, start);
  }
  trie.trim();
  return countsOf(trie, options);
}

/** Counts in a trie, with what is known of them. */
export function countsOf(trie: NgramTrie, options: CountOptions): NgramCounts {
  return {
    ...options,
    sizes: sizesOf(trie, options.order),
    bytes: trie.bytes,
    trie,
    count(ngram) {
      let node = 0;
      for (let i = 0; i < ngram.length; i++) {
        node = trie.find(node, ngram[i] as number);
        if (node === 0) return 0;
      }
      return trie.count(node);
    },
  };
}

function isTexts(texts: ArrayLike<number> | readonly ArrayLike<number>[]): texts is readonly ArrayLike<number>[] {
  return texts.length > 0 && typeof texts[0] !== 'number';
}

function countText(
  trie: NgramTrie,
  text: ArrayLike<number>,
  { vocabSize, order, boundary }: CountOptions,
  start: number,
): void {
  /** latest[n]: the n-gram of the last n tokens, for n up to `length`. */
  const latest = new Int32Array(order + 1);
  let length = 0;
  const begin = (): void => {
    length = start === 0 ? 0 : 1;
    latest[1] = start;
  };
  begin();
  for (let t = 0; t < text.length; t++) {
    const token = text[t] as number;
    if (!isId(token, vocabSize)) {
      throw new DataError(`countNgrams: token ${t}: expected an id from 0 to ${vocabSize - 1}, got ${token}.`);
    }
    let shorter = 0;
    const longest = Math.min(length + 1, order);
    // latest[n − 1] is still that of the previous token when n is counted.
    let previous = 0;
    for (let n = 1; n <= longest; n++) {
      const next = latest[n] as number;
      shorter = trie.add(previous, token, shorter, 1);
      previous = next;
      latest[n] = shorter;
    }
    length = longest;
    if (token === boundary) begin();
  }
}

function sizesOf(trie: NgramTrie, order: number): number[] {
  const sizes = Array<number>(order).fill(0);
  for (const depth of depthsOf(trie).subarray(1)) (sizes[depth - 1] as number)++;
  return sizes;
}

/** The length of each n-gram. */
export function depthsOf(trie: NgramTrie): Uint8Array {
  const depths = new Uint8Array(trie.size);
  for (let node = 1; node < trie.size; node++) depths[node] = (depths[trie.parent(node)] as number) + 1;
  return depths;
}

/** How many tokens follow each n-gram: the sum of the counts of its children. */
export function totalsOf(trie: NgramTrie): Float64Array {
  const totals = new Float64Array(trie.size);
  for (let node = 1; node < trie.size; node++) (totals[trie.parent(node)] as number) += trie.count(node);
  return totals;
}
