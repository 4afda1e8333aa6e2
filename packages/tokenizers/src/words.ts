import { DataError, expectSizes, OptionError } from '@elman/core';
import { decodeAll, REPLACEMENT, type Tokenizer } from './tokenizer.ts';
import { isSpace, pieces, spaceBetween } from './words-spacing.ts';

/** A word tokenizer in JSON: the words of ids 4, 5, 6 …; before them stand the reserved tokens. */
export type WordVocabulary = {
  readonly type: 'words';
  readonly lowercase: boolean;
  readonly words: readonly string[];
};

/** Which words of a text become tokens. */
export type WordOptions = {
  /** Words that occur less often become `<unk>`. By default 1: all are kept. */
  readonly minimumCount?: number | undefined;
  /** The most frequent words are kept, this many with the four reserved tokens; of equals those that sort first. */
  readonly maximumVocabulary?: number | undefined;
  /** Read everything in lower case. By default false. */
  readonly lowercase?: boolean | undefined;
};

const RESERVED = ['<unk>', '<join>', ' ', '\n'] as const;
const UNKNOWN = 0;
const JOIN = 1;
const SPACE = 2;

/**
 * One token a word, number or punctuation mark.
 *
 * A word is letters, digits and _, with apostrophes between letters (don't); every other character is a token of its own.
 * Spacing is not lost: between two tokens stands what good typography puts there (a space between words, none before a
 * comma), and where the text differs it is said by a token: `<join>` for no space, ' ' or '\n' or another whitespace
 * character for itself. So prose costs one token a word, line breaks are learnt, and what is decoded reads well.
 *
 * `decode(encode(text))` is `text` (in lower case, if so asked) where every word is in the vocabulary. Other words become
 * `<unk>`, id 0.
 */
export const wordTokenizer: {
  /** @throws {DataError} if the text has no words or the cut leaves none; {OptionError} for a bound that is too low. */
  fromText(text: string, options?: WordOptions): Tokenizer;
  /** @throws {DataError} if the vocabulary does not hold distinct words. */
  fromVocabulary(vocabulary: WordVocabulary): Tokenizer;
} = { fromText, fromVocabulary };

function fromText(text: string, options: WordOptions = {}): Tokenizer {
  const { minimumCount = 1, maximumVocabulary, lowercase = false } = options;
  expectSizes('tokenizers: words', { minimumCount });
  if (maximumVocabulary !== undefined && !(maximumVocabulary > RESERVED.length)) {
    throw new OptionError(
      `tokenizers: words: maximumVocabulary: expected more than the ${RESERVED.length} reserved tokens, got ${maximumVocabulary}.`,
    );
  }
  const counts = new Map<string, number>();
  for (const piece of pieces(lowercase ? text.toLowerCase() : text)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  for (const reserved of RESERVED) counts.delete(reserved);
  const words = [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, (maximumVocabulary ?? Number.POSITIVE_INFINITY) - RESERVED.length)
    .map(([word]) => word);
  if (words.length === 0) {
    throw new DataError(
      `tokenizers: words: the text has no word that occurs ${minimumCount} times; use a longer text or a smaller minimumCount.`,
    );
  }
  return fromVocabulary({ type: 'words', lowercase, words });
}

function fromVocabulary({ lowercase, words }: WordVocabulary): Tokenizer {
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
