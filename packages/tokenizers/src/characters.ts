import { DataError, expectSizes, shown } from '@elman/core';
import { decodeAll, REPLACEMENT, type Tokenizer } from './tokenizer.ts';

/** A character tokenizer in JSON: the characters of ids 1, 2, 3 …; id 0 is `<unk>`. */
export type CharacterVocabulary = {
  readonly type: 'characters';
  readonly characters: readonly string[];
};

/** Options of the vocabulary. */
export type CharacterOptions = {
  /** Characters that occur less often become `<unk>`. By default 1: all are kept. */
  readonly minimumCount?: number | undefined;
};

const UNKNOWN = 0;

/**
 * One token per character, where a character is a Unicode code point: emoji are one token, and so are the parts of a
 * combined sequence. Lone surrogates are kept.
 *
 * Id 0 is `<unk>` and decodes to U+FFFD; the others are in code point order, so the ids depend on the set of
 * characters alone. `decode(encode(text))` is `text` if every character is in the vocabulary.
 */
export const characterTokenizer: {
  /** @throws {DataError} if the text is empty or no character occurs `minimumCount` times. */
  fromText(text: string, options?: CharacterOptions): Tokenizer;
  /** @throws {DataError} if the vocabulary is not of distinct single characters. */
  fromVocabulary(vocabulary: CharacterVocabulary): Tokenizer;
} = { fromText, fromVocabulary };

function fromText(text: string, { minimumCount = 1 }: CharacterOptions = {}): Tokenizer {
  expectSizes('tokenizers: characters', { minimumCount });
  if (text.length === 0) throw new DataError('tokenizers: characters: the text is empty; give one with characters.');
  const counts = new Map<number, number>();
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i) as number;
    counts.set(code, (counts.get(code) ?? 0) + 1);
    i += code > 0xffff ? 2 : 1;
  }
  const kept = [...counts].filter(([, count]) => count >= minimumCount).map(([code]) => code);
  if (kept.length === 0) {
    throw new DataError(
      `tokenizers: characters: no character occurs ${minimumCount} times; use a smaller minimumCount or a longer text.`,
    );
  }
  const characters = kept.sort((a, b) => a - b).map((code) => String.fromCodePoint(code));
  return fromVocabulary({ type: 'characters', characters });
}

function fromVocabulary({ characters }: CharacterVocabulary): Tokenizer {
  if (!Array.isArray(characters)) {
    throw new DataError('tokenizers: characters: expected a list of characters, got none; the vocabulary is damaged.');
  }
  const basic = new Int32Array(0x10000);
  const astral = new Map<number, number>();
  for (const [i, character] of characters.entries()) {
    const code = typeof character === 'string' ? (character.codePointAt(0) ?? -1) : -1;
    const isNew = code > 0xffff ? !astral.has(code) : basic[code] === 0;
    if (!isNew || String.fromCodePoint(code) !== character) {
      throw new DataError(
        `tokenizers: characters: expected distinct single characters, got ${shown(character)} at ${i}.`,
      );
    }
    if (code > 0xffff) astral.set(code, i + 1);
    else basic[code] = i + 1;
  }
  const idOf = (code: number): number => (code > 0xffff ? (astral.get(code) ?? UNKNOWN) : (basic[code] as number));
  const textOf = (id: number): string => characters[id - 1] ?? REPLACEMENT;
  return {
    name: 'characters',
    vocabSize: characters.length + 1,
    unknownId: UNKNOWN,
    encode(text) {
      const ids = new Int32Array(text.length);
      let length = 0;
      for (let i = 0; i < text.length; ) {
        const code = text.codePointAt(i) as number;
        ids[length++] = idOf(code);
        i += code > 0xffff ? 2 : 1;
      }
      return ids.slice(0, length);
    },
    unknowns: (text) => Array.from(text).filter((character) => idOf(character.codePointAt(0) as number) === UNKNOWN),
    decode(ids) {
      return decodeAll(this.decoder(), ids);
    },
    token: (id) => (id === UNKNOWN ? '<unk>' : textOf(id)),
    decoder: () => ({ push: textOf, flush: () => '' }),
    toJSON: (): CharacterVocabulary => ({ type: 'characters', characters: [...characters] }),
  };
}
