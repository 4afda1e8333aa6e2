import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DataError } from '@elman/core';
import { readText } from '@elman/data/node';

/** The text of a run, whole, and what tells it from any other. */
export interface SourceText {
  readonly text: string;
  /** SHA-256 of the text in UTF-8, in hexadecimal. */
  readonly hash: string;
  /** Absolute paths, in the order given. */
  readonly paths: readonly string[];
}

/**
 * Reads files of text and joins them in the order given, a line end between two where there is none.
 * @throws {DataError} if a file is missing, empty, or not text in UTF-8.
 */
export async function readTexts(files: readonly string[]): Promise<SourceText> {
  const texts: string[] = [];
  for (const file of files) {
    const text = await readText(file);
    if (text.trim() === '')
      throw new DataError(`text: ${file}: the file has nothing but white space; give one with text.`);
    texts.push(text);
  }
  const text = texts.reduce((all, next) => all + (all.endsWith('\n') ? '' : '\n') + next);
  const hash = createHash('sha256').update(text).digest('hex');
  return { text, hash, paths: files.map((file) => resolve(file)) };
}

/** How many characters (Unicode code points) a text has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
