import { DataError } from '@elman/core';
import { decodeAll, REPLACEMENT, type Tokenizer } from './tokenizer.ts';
import { expectWords, frequentWords, type WordOptions } from './word-counts.ts';

/** A word-level tokenizer in JSON: the words of ids 1, 2, 3 …; id 0 is `<unk>`. */
export type WordLevelVocabulary = {
  readonly type: 'word-level';
  readonly lowercase: boolean;
  readonly words: readonly string[];
};

/** A tokenizer with one id per word, which also takes lists of words. */
export interface WordLevelTokenizer extends Tokenizer {
  /** One id for each word of a list, or for each whitespace-separated part of a text. */
  encode(text: string | readonly string[]): Int32Array;
  unknowns(text: string | readonly string[]): string[];
}

const UNKNOWN = '<unk>';
const UNKNOWN_ID = 0;

/**
 * One token per word and no others: ids aligned with words, for taggers and classifiers.
 *
 * A word is an item of a list, or a whitespace-separated part of a text, punctuation included.
 * Spacing is not kept: `decode` writes one space between words, so `decode(encode(text))` is `text` if words are one
 * space apart and all are known. Other words become `<unk>`, id 0, and so does the word `<unk>` itself.
 *
 * For generating text, use `wordTokenizer`, which keeps the spacing.
 */
export const wordLevelTokenizer: {
  /**
   * The vocabulary of texts, or of lists of words.
   * @throws {DataError} if there are no words or all are too rare; {OptionError} for a bound that is too low.
   */
  fromTexts(texts: Iterable<string | readonly string[]>, options?: WordOptions): WordLevelTokenizer;
  /** Ids 1, 2, 3 … in the order of a list. @throws {DataError} if its words are not distinct. */
  fromWords(words: readonly string[]): WordLevelTokenizer;
  /** @throws {DataError} if the vocabulary is not of distinct words. */
  fromVocabulary(vocabulary: WordLevelVocabulary): WordLevelTokenizer;
} = {
  fromTexts,
  fromWords: (words) => fromVocabulary({ type: 'word-level', lowercase: false, words }),
  fromVocabulary,
};

function fromTexts(texts: Iterable<string | readonly string[]>, options: WordOptions = {}): WordLevelTokenizer {
  const { lowercase = false } = options;
  const given = typeof texts === 'string' ? [texts] : Array.from(texts);
  const found = given.flatMap((text) => wordsOf(text, lowercase));
  const words = frequentWords('tokenizers: word-level', found, [UNKNOWN], options);
  return fromVocabulary({ type: 'word-level', lowercase, words });
}

function fromVocabulary({ lowercase, words }: WordLevelVocabulary): WordLevelTokenizer {
  expectWords('tokenizers: word-level', lowercase, words);
  const tokens = [UNKNOWN].concat(words);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length || tokens.some((token) => typeof token !== 'string' || token === '')) {
    throw new DataError(
      `tokenizers: word-level: expected distinct words that are not empty and not ${UNKNOWN}; leave the others out.`,
    );
  }
  return {
    name: 'word-level',
    vocabSize: tokens.length,
    unknownId: UNKNOWN_ID,
    encode: (text) => Int32Array.from(wordsOf(text, lowercase), (word) => ids.get(word) ?? UNKNOWN_ID),
    unknowns: (text) => wordsOf(text, lowercase).filter((word) => !ids.has(word)),
    decode(given) {
      return decodeAll(this.decoder(), given);
    },
    token: (id) => tokens[id] ?? REPLACEMENT,
    decoder() {
      let space = '';
      return {
        push(id) {
          const written = `${space}${tokens[id] ?? REPLACEMENT}`;
          space = ' ';
          return written;
        },
        flush() {
          space = '';
          return '';
        },
      };
    },
    toJSON: (): WordLevelVocabulary => ({ type: 'word-level', lowercase, words: [...words] }),
  };
}

/** The words of a list, or those of a text. */
function wordsOf(text: string | readonly string[], lowercase: boolean): string[] {
  const words = typeof text === 'string' ? text.split(/\s+/u).filter((word) => word !== '') : [...text];
  return lowercase ? words.map((word) => word.toLowerCase()) : words;
}
