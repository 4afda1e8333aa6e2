import { DataError, expectSizes, OptionError, shown } from '@elman/core';

/** Options of the vocabulary. */
export type WordOptions = {
  /** Words that occur less often become `<unk>`. By default 1: all are kept. */
  readonly minimumCount?: number | undefined;
  /** The most frequent words are kept, this many with the reserved tokens; ties: in sort order. */
  readonly maximumVocabulary?: number | undefined;
  /** Lower-case all text. By default false. */
  readonly lowercase?: boolean | undefined;
};

/** The words that are kept, the most frequent first, without the reserved tokens. */
export function frequentWords(
  where: string,
  words: Iterable<string>,
  reserved: readonly string[],
  { minimumCount = 1, maximumVocabulary = Number.POSITIVE_INFINITY }: WordOptions,
): string[] {
  expectSizes(where, { minimumCount });
  if (!(maximumVocabulary > reserved.length)) {
    throw new OptionError(
      `${where}: maximumVocabulary: expected more than the ${reserved.length} reserved tokens, got ${maximumVocabulary}.`,
    );
  }
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  for (const token of reserved) counts.delete(token);
  const kept = [...counts]
    .filter(([, count]) => count >= minimumCount)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, maximumVocabulary - reserved.length)
    .map(([word]) => word);
  if (kept.length === 0) {
    throw new DataError(
      `${where}: the text has no word that occurs ${minimumCount} times; use a longer text or a smaller minimumCount.`,
    );
  }
  return kept;
}

/** @throws {DataError} unless the parts of a vocabulary of words are of their types. */
export function expectWords(where: string, lowercase: unknown, words: unknown): void {
  if (!Array.isArray(words))
    throw new DataError(`${where}: words: expected a list, got none; the vocabulary is damaged.`);
  if (typeof lowercase !== 'boolean') {
    throw new DataError(
      `${where}: lowercase: expected true or false, got ${shown(lowercase)}; the vocabulary is damaged.`,
    );
  }
}
