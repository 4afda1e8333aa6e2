import { DataError } from '@elman/core';
import { type BackoffModel, backoffModel } from '../backoff-model.ts';
import { depthsOf } from '../count-ngrams.ts';
import { NgramTrie } from '../ngram-trie.ts';
import { BEGIN, END } from './numbers.ts';
import { type ArpaEntry, entriesOf, wrong } from './sections.ts';

/** Options of `readArpa`. */
export interface ReadArpaOptions {
  /** The word of each token. Default: those of the file, in its order, with `</s>` for both ends of a sentence. */
  readonly words?: readonly string[] | undefined;
  /** The token that is `<s>` and `</s>` in the file. Default: the one whose word is `</s>`, if there is one. */
  readonly boundary?: number | undefined;
}

/** A model and the words of its tokens. */
export interface ArpaModel {
  readonly model: BackoffModel;
  readonly words: readonly string[];
}

/**
 * Reads a model with backoff from an ARPA file, given as text or as lines. `<s>` and `</s>` become one token, the
 * boundary, and `<unk>` is a word like any other. A word that the file does not have has the probability 0. Contexts
 * that are missing in it (other programs leave out what is rare) are added with the probability they have by backoff.
 *
 * @throws {DataError} for a malformed line, by its number, or for a word that `words` does not have.
 */
export function readArpa(file: string | Iterable<string>, options: ReadArpaOptions = {}): ArpaModel {
  const words = [...(options.words ?? [])];
  const ids = new Map(words.map((word, id) => [word, id]));
  let boundary = options.boundary ?? ids.get(END);
  const trie = new NgramTrie();
  const logP: number[] = [Number.NEGATIVE_INFINITY];
  const logGamma: number[] = [0];
  let order = 0;

  /** The token of a word. The ends of a sentence are one. */
  const tokenOf = (word: string, { line, words: { length } }: ArpaEntry): number => {
    const isEnd = word === BEGIN || word === END;
    const known = isEnd ? boundary : ids.get(word);
    if (known !== undefined) return known;
    if (length > 1) throw wrong(line, `expected words that are unigrams too, got ${word}`);
    if (options.words !== undefined) throw wrong(line, `expected words of the vocabulary, got ${word}`);
    const id = words.push(isEnd ? END : word) - 1;
    if (isEnd) boundary = id;
    ids.set(isEnd ? END : word, id);
    return id;
  };
  /** A child; if it is new, without a probability. */
  const child = (parent: number, token: number): number => {
    const node = trie.add(parent, token, 0, 0);
    if (node === logP.length) {
      logP.push(Number.NaN);
      logGamma.push(0);
    }
    return node;
  };

  for (const entry of entriesOf(typeof file === 'string' ? linesOf(file) : file)) {
    const { line, words: ngram, logP: p, logGamma: gamma } = entry;
    order = ngram.length;
    for (const [i, word] of ngram.entries()) {
      if ((word === BEGIN && i > 0) || (word === END && i < order - 1)) {
        throw wrong(line, `expected ${BEGIN} to begin and ${END} to end an n-gram, got ${ngram.join(' ')}`);
      }
    }
    let node = 0;
    for (const word of ngram) node = child(node, tokenOf(word, entry));
    if (order === 1 && ngram[0] === BEGIN) {
      logGamma[node] = gamma;
      continue;
    }
    if (!Number.isNaN(logP[node])) throw wrong(line, `expected each n-gram once, got ${ngram.join(' ')} again`);
    logP[node] = p;
    if (ngram.at(-1) !== END) logGamma[node] = gamma;
  }
  if (words.length === 0) throw new DataError('readArpa: expected one unigram or more, got none.');
  trie.trim();
  complete(trie, logP, logGamma, order);
  return {
    words,
    model: backoffModel({
      vocabSize: words.length,
      order,
      boundary,
      trie,
      logP: Float64Array.from(logP),
      logGamma: Float64Array.from(logGamma),
      unseen: Number.NEGATIVE_INFINITY,
    }),
  };
}

/** Links every n-gram to its suffix, and computes the probabilities that are missing, shorter n-grams first. */
function complete(trie: NgramTrie, logP: number[], logGamma: readonly number[], order: number): void {
  const depths = depthsOf(trie);
  for (let depth = 1; depth <= order; depth++) {
    for (let node = 1; node < trie.size; node++) {
      if (depths[node] !== depth) continue;
      const [context, token] = [trie.parent(node), trie.token(node)];
      if (context !== 0) trie.link(node, trie.step(trie.suffix(context), token));
      if (!Number.isNaN(logP[node])) continue;
      let sum = logGamma[context] as number;
      let [found, shorter] = [0, context];
      while (found === 0 && shorter !== 0) {
        shorter = trie.suffix(shorter);
        found = trie.find(shorter, token);
        if (found === 0) sum += logGamma[shorter] as number;
      }
      logP[node] = found === 0 ? Number.NEGATIVE_INFINITY : sum + (logP[found] as number);
    }
  }
}

function* linesOf(text: string): Generator<string, void, undefined> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    yield text.slice(start, end === -1 ? text.length : end);
    start = end === -1 ? text.length : end + 1;
  }
}
