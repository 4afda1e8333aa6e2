import { DataError } from '@elman/core';
import { toNats } from './numbers.ts';

/** One n-gram of a file. */
export interface ArpaEntry {
  /** The number of its line, from 1. */
  readonly line: number;
  readonly words: readonly string[];
  /** log P and log γ, in nats. */
  readonly logP: number;
  readonly logGamma: number;
}

/** The error of a line. */
export function wrong(line: number, message: string): DataError {
  return new DataError(`readArpa: line ${line}: ${message}.`);
}

/**
 * The n-grams of an ARPA file, shorter ones first. Lines before `\data\` and after `\end\` are not read.
 *
 * @throws {DataError} for a malformed line, by its number.
 */
export function* entriesOf(lines: Iterable<string>): Generator<ArpaEntry, void, undefined> {
  /** The announced numbers of n-grams by length; undefined before `\data\`. */
  let sizes: number[] | undefined;
  /** The length of the section, and how many are left in it. */
  let [length, left] = [0, 0];
  let line = 0;
  for (const raw of lines) {
    line++;
    const text = raw.trim();
    if (sizes === undefined) {
      if (text === '\\data\\') sizes = [];
    } else if (text.startsWith('\\')) {
      if (left > 0) throw wrong(line, `expected ${left} more ${length}-grams, got ${text}`);
      const isLast = length === sizes.length && length > 0;
      const wanted = isLast ? '\\end\\' : `\\${length + 1}-grams:`;
      if (text !== wanted) throw wrong(line, `expected ${wanted}, got ${text}`);
      if (isLast) return;
      left = sizes[length++] as number;
    } else if (text !== '' && length === 0) {
      const [, n, size] = /^ngram (\d+) *= *(\d+)$/.exec(text) ?? [];
      if (Number(n) !== sizes.length + 1) {
        throw wrong(line, `expected "ngram ${sizes.length + 1}=…" or \\1-grams:, got ${text}`);
      }
      sizes.push(Number(size));
    } else if (text !== '') {
      if (left-- === 0) throw wrong(line, `expected ${sizes[length - 1]} ${length}-grams as announced, got more`);
      yield entryOf(text, length, line);
    }
  }
  throw wrong(
    line,
    sizes === undefined ? 'expected \\data\\ before the end of the file' : 'expected \\end\\, got the end of the file',
  );
}

function entryOf(text: string, length: number, line: number): ArpaEntry {
  const fields = text.split(/\s+/);
  const [logP, logGamma] = [fields[0] as string, fields[length + 1] ?? '0'].map(toNats);
  if (fields.length < length + 1 || fields.length > length + 2 || logP === undefined || logGamma === undefined) {
    throw wrong(line, `expected log P, ${length} words and perhaps a backoff weight, got ${text}`);
  }
  if (logP > 0) throw wrong(line, `expected log P of at most 0, got ${fields[0]}`);
  return { line, words: fields.slice(1, length + 1), logP, logGamma };
}
