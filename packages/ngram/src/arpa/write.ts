import { DataError } from '@elman/core';
import type { BackoffModel } from '../backoff-model.ts';
import { depthsOf } from '../count-ngrams.ts';
import { BEGIN, END, toText } from './numbers.ts';

/** Options of `writeArpa`. */
export interface WriteArpaOptions {
  /** The word of each token, without white space. That of the boundary is not used: it is written `<s>` and `</s>`. */
  readonly words: readonly string[];
}

/**
 * A model as an ARPA file, line by line, each with its line end: log₁₀ P, the n-gram, and log₁₀ γ of those that are
 * contexts. Tokens that were never seen are unigrams like the others.
 *
 * @throws {DataError} for words that are missing, that such a file can't have, or that two tokens share.
 */
export function writeArpa(model: BackoffModel, { words }: WriteArpaOptions): Generator<string, void, undefined> {
  expectWords(words, model);
  return linesOf(model, words);
}

function* linesOf(model: BackoffModel, words: readonly string[]): Generator<string, void, undefined> {
  const { vocabSize, order, boundary, trie, logP, logGamma, unseen } = model.table;
  const depths = depthsOf(trie);
  const isContext = new Uint8Array(trie.size);
  const sizes = Array<number>(order).fill(0);
  for (let node = 1; node < trie.size; node++) {
    isContext[trie.parent(node)] = 1;
    (sizes[(depths[node] as number) - 1] as number)++;
  }
  // Every token is a unigram, and the boundary is two words.
  sizes[0] = vocabSize + (boundary === undefined ? 0 : 1);

  yield '\\data\\\n';
  for (const [n, size] of sizes.entries()) yield `ngram ${n + 1}=${size}\n`;
  const gamma = (node: number): string => (isContext[node] === 0 ? '' : `\t${toText(logGamma[node] as number)}`);
  yield '\n\\1-grams:\n';
  for (let token = 0; token < vocabSize; token++) {
    const node = trie.find(0, token);
    const p = toText(node === 0 ? unseen + (logGamma[0] as number) : (logP[node] as number));
    if (token !== boundary) yield `${p}\t${words[token]}${node === 0 ? '' : gamma(node)}\n`;
    else yield `${p}\t${END}\n-99\t${BEGIN}${node === 0 ? '' : gamma(node)}\n`;
  }
  for (let n = 2; n <= order; n++) {
    yield `\n\\${n}-grams:\n`;
    for (let node = 1; node < trie.size; node++) {
      if (depths[node] !== n) continue;
      const tokens = trie.tokens(node);
      const ngram = tokens.map((token, i) => {
        if (token !== boundary) return words[token];
        return i === 0 ? BEGIN : END;
      });
      yield `${toText(logP[node] as number)}\t${ngram.join(' ')}${gamma(node)}\n`;
    }
  }
  yield '\n\\end\\\n';
}

function expectWords(words: readonly string[], { vocabSize, table: { boundary } }: BackoffModel): void {
  if (words.length !== vocabSize) {
    throw new DataError(`writeArpa: words: expected one for each of ${vocabSize} tokens, got ${words.length}.`);
  }
  const seen = new Map<string, number>();
  for (const [token, word] of words.entries()) {
    if (token === boundary) continue;
    const other = seen.get(word);
    const name = JSON.stringify(word);
    if (other !== undefined) {
      throw new DataError(`writeArpa: words: expected different ones, got ${name} of tokens ${other} and ${token}.`);
    }
    if (word === '' || /\s/.test(word) || word === BEGIN || word === END) {
      const wanted = `expected a word without white space other than ${BEGIN} and ${END}`;
      throw new DataError(`writeArpa: words: token ${token}: ${wanted}, got ${name}; give it another name.`);
    }
    seen.set(word, token);
  }
}
