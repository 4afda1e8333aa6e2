import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DataError } from '@elman/core';
import { systemReason } from './errors.ts';

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
  if (files.length === 0) throw new DataError('text: expected one text file or more, got none.');
  const texts: string[] = [];
  for (const file of files) texts.push(await readText(file));
  const text = texts.reduce((all, next) => all + (all.endsWith('\n') ? '' : '\n') + next);
  const hash = createHash('sha256').update(text).digest('hex');
  return { text, hash, paths: files.map((file) => resolve(file)) };
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new DataError(`text: ${file}: cannot be read (${systemReason(error) ?? String(error)}).`, { cause: error });
  }
  if (bytes.length === 0) throw new DataError(`text: ${file}: the file is empty.`);
  if (bytes.includes(0))
    throw new DataError(`text: ${file}: expected text, got a binary file (it has bytes that are 0).`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataError(
      `text: ${file}: expected text in UTF-8, got other bytes; convert it with: iconv -f LATIN1 -t UTF-8 (or whatever it is in).`,
      { cause: error },
    );
  }
  if (text.trim() === '') throw new DataError(`text: ${file}: the file has nothing but white space.`);
  return text;
}

/** How many characters (Unicode code points) a text has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
