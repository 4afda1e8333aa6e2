import { DataError } from '@elman/core';
import { decodeAll, REPLACEMENT, type Tokenizer } from './tokenizer.ts';
import { expectWords, frequentWords, type WordOptions } from './word-counts.ts';
import { isSpace, pieces, spaceBetween } from './words-spacing.ts';

/** A word tokenizer in JSON: the words of ids 4, 5, 6 …, after the reserved tokens. */
export type WordVocabulary = {
  readonly type: 'words';
  readonly lowercase: boolean;
  readonly words: readonly string[];
};

const RESERVED = ['<unk>', '<join>', ' ', '\n'] as const;
const UNKNOWN = 0;
const JOIN = 1;
const SPACE = 2;

/**
 * One token per word, number or punctuation mark, and tokens for spacing, so that decoding a model's output yields text.
 *
 * A word is letters, digits and _, with apostrophes between letters (don't); every other character is a separate token.
 * Usual spacing is implicit: a space between words, none before a comma. It costs no token; where
 * the text differs, there are spacing tokens: `<join>` for no space, ' ' or '\n' or another whitespace character for itself
 * ("cat ." is three tokens, since a space before a full stop is not usual). So prose costs one token per word, and decoding
 * restores the text.
 *
 * `decode(encode(text))` is `text` (in lower case, with that option) if `unknowns(text)` is empty. Unknown words become
 * `<unk>`, id 0; unknown whitespace becomes a space. Taggers and classifiers, which need one id for each
 * word and no spacing, use `wordLevelTokenizer`.
 */
export const wordTokenizer: {
  /** @throws {DataError} if the text has no words or all are too rare; {OptionError} for a bound that is too low. */
  fromText(text: string, options?: WordOptions): Tokenizer;
  /** @throws {DataError} if the vocabulary is not of distinct words. */
  fromVocabulary(vocabulary: WordVocabulary): Tokenizer;
} = { fromText, fromVocabulary };

function fromText(text: string, options: WordOptions = {}): Tokenizer {
  const { lowercase = false } = options;
  const found = pieces(lowercase ? text.toLowerCase() : text);
  const words = frequentWords('tokenizers: words', found, RESERVED, options);
  return fromVocabulary({ type: 'words', lowercase, words });
}

function fromVocabulary({ lowercase, words }: WordVocabulary): Tokenizer {
  expectWords('tokenizers: words', lowercase, words);
  const tokens = (RESERVED as readonly string[]).concat(words);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length || tokens.some((token) => typeof token !== 'string' || token === '')) {
    throw new DataError('tokenizers: words: expected distinct words that are not empty; the vocabulary is damaged.');
  }
  const piecesOf = (text: string) => pieces(lowercase ? text.toLowerCase() : text);
  return {
    name: 'words',
    vocabSize: tokens.length,
    unknownId: UNKNOWN,
    encode(text) {
      const encoded: number[] = [];
      let previous: string | undefined;
      let gap = '';
      const close = (next: string | undefined) => {
        const expected = previous !== undefined && next !== undefined && spaceBetween(previous, next) ? ' ' : '';
        if (gap === expected) return;
        if (gap === '') encoded.push(JOIN);
        for (const space of gap) encoded.push(ids.get(space) ?? SPACE);
        gap = '';
      };
      for (const piece of piecesOf(text)) {
        if (isSpace(piece)) {
          gap += piece;
          continue;
        }
        const id = ids.get(piece) ?? UNKNOWN;
        const token = tokens[id] as string;
        close(token);
        gap = '';
        encoded.push(id);
        previous = token;
      }
      close(undefined);
      return Int32Array.from(encoded);
    },
    unknowns: (text) => Array.from(piecesOf(text)).filter((piece) => !ids.has(piece)),
    decode(given) {
      return decodeAll(this.decoder(), given);
    },
    token: (id) => tokens[id] ?? REPLACEMENT,
    decoder() {
      let previous: string | undefined;
      return {
        push(id) {
          const token = tokens[id] ?? REPLACEMENT;
          const isJoin = id === JOIN;
          const space = previous !== undefined && !isSpace(token) && !isJoin && spaceBetween(previous, token);
          previous = isJoin || isSpace(token) ? undefined : token;
          return isJoin ? '' : `${space ? ' ' : ''}${token}`;
        },
        flush() {
          previous = undefined;
          return '';
        },
      };
    },
    toJSON: (): WordVocabulary => ({ type: 'words', lowercase, words: [...words] }),
  };
}
