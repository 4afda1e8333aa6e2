import { DataError, shown } from '@elman/core';
import { decodeAll, REPLACEMENT, type Tokenizer } from './tokenizer.ts';
import { expectWords, frequentWords, type WordOptions } from './word-counts.ts';

/** A word-level tokenizer in JSON: id 0 is `<unk>`, with endOfLine id 1 is `<eos>`, and then come the words. */
export type WordLevelVocabulary = {
  readonly type: 'word-level';
  readonly lowercase: boolean;
  /** Absent where ends of lines are white space. */
  readonly endOfLine?: true | undefined;
  readonly words: readonly string[];
};

/** Options of a word-level tokenizer's vocabulary. */
export type WordLevelOptions = WordOptions & {
  /** Whether the end of a line is a token, `<eos>`, as in corpora of one sentence a line. By default false. */
  readonly endOfLine?: boolean | undefined;
};

/** A tokenizer with one id per word, which also takes lists of words. */
export interface WordLevelTokenizer extends Tokenizer {
  /** One id for each word of a list, or for each whitespace-separated part of a text. */
  encode(text: string | readonly string[]): Int32Array;
  unknowns(text: string | readonly string[]): string[];
}

const UNKNOWN = '<unk>';
const UNKNOWN_ID = 0;
const END_OF_LINE = '<eos>';
/** The tokens before the words. */
const reserved = (endOfLine: boolean): string[] => (endOfLine ? [UNKNOWN, END_OF_LINE] : [UNKNOWN]);

/**
 * One token per word and no others: ids aligned with words, for taggers and classifiers.
 *
 * A word is an item of a list, or a whitespace-separated part of a text, punctuation included.
 * Spacing is not kept: `decode` writes one space between words, so `decode(encode(text))` is `text` if words are one
 * space apart and all are known. Other words become `<unk>`, id 0, and so does the word `<unk>` itself.
 *
 * With `endOfLine` each line feed of a text is a token as well, `<eos>`, id 1, which decodes to a line feed. That is
 * how perplexities on the Penn Treebank and WikiText are counted: `<eos>` and `<unk>` are words like others.
 *
 * For generating text, use `wordTokenizer`, which keeps the spacing.
 */
export const wordLevelTokenizer: {
  /**
   * The vocabulary of texts, or of lists of words.
   * @throws {DataError} if there are no words or all are too rare; {OptionError} for a bound that is too low.
   */
  fromTexts(texts: Iterable<string | readonly string[]>, options?: WordLevelOptions): WordLevelTokenizer;
  /** Ids 1, 2, 3 … in the order of a list. @throws {DataError} if its words are not distinct. */
  fromWords(words: readonly string[]): WordLevelTokenizer;
  /** @throws {DataError} if the vocabulary is not of distinct words. */
  fromVocabulary(vocabulary: WordLevelVocabulary): WordLevelTokenizer;
} = {
  fromTexts,
  fromWords: (words) => fromVocabulary({ type: 'word-level', lowercase: false, words }),
  fromVocabulary,
};

function fromTexts(texts: Iterable<string | readonly string[]>, options: WordLevelOptions = {}): WordLevelTokenizer {
  const { lowercase = false, endOfLine = false } = options;
  const given = typeof texts === 'string' ? [texts] : Array.from(texts);
  const found = given.flatMap((text) => wordsOf(text, { lowercase, endOfLine }));
  const words = frequentWords('tokenizers: word-level', found, reserved(endOfLine), options);
  return fromVocabulary({ type: 'word-level', lowercase, ...(endOfLine && { endOfLine }), words });
}

function fromVocabulary({ lowercase, endOfLine = undefined, words }: WordLevelVocabulary): WordLevelTokenizer {
  expectWords('tokenizers: word-level', lowercase, words);
  if (endOfLine !== undefined && endOfLine !== true) {
    throw new DataError(
      `tokenizers: word-level: endOfLine: expected true or nothing, got ${shown(endOfLine)}; the vocabulary is damaged.`,
    );
  }
  const first = reserved(endOfLine === true);
  const tokens = first.concat(words);
  const ids = new Map(tokens.map((token, id) => [token, id]));
  if (ids.size !== tokens.length || tokens.some((token) => typeof token !== 'string' || token === '')) {
    throw new DataError(
      `tokenizers: word-level: expected distinct words that are not empty and not ${first.join(' or ')}; leave the others out.`,
    );
  }
  const splitting = { lowercase, endOfLine: endOfLine === true };
  return {
    name: 'word-level',
    vocabSize: tokens.length,
    unknownId: UNKNOWN_ID,
    encode: (text) => Int32Array.from(wordsOf(text, splitting), (word) => ids.get(word) ?? UNKNOWN_ID),
    unknowns: (text) => wordsOf(text, splitting).filter((word) => !ids.has(word)),
    decode(given) {
      return decodeAll(this.decoder(), given);
    },
    token: (id) => tokens[id] ?? REPLACEMENT,
    decoder() {
      let space = '';
      return {
        push(id) {
          if (splitting.endOfLine && id === 1) {
            space = '';
            return '\n';
          }
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
    toJSON: (): WordLevelVocabulary => ({
      type: 'word-level',
      lowercase,
      ...(endOfLine && { endOfLine }),
      words: [...words],
    }),
  };
}

/** The words of a list, or those of a text and the ends of its lines. */
function wordsOf(
  text: string | readonly string[],
  { lowercase, endOfLine }: { readonly lowercase: boolean; readonly endOfLine: boolean },
): string[] {
  const words = typeof text === 'string' ? (text.match(endOfLine ? /\n|\S+/gu : /\S+/gu) ?? []) : [...text];
  return words.map((word) => (word === '\n' && endOfLine ? END_OF_LINE : lowercase ? word.toLowerCase() : word));
}
