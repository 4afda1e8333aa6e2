import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DataError } from '@elman/core';
import { decodeText, readText } from '@elman/data/node';
import { stderr } from './terminal.ts';

/** In place of the name of a file: what comes on standard input. */
export const STANDARD_INPUT = '-';

/** The text of a run, whole, and what tells it from any other. */
export interface SourceText {
  readonly text: string;
  /** SHA-256 of the text in UTF-8, in hexadecimal. */
  readonly hash: string;
  /** Absolute paths in the order given; standard input as `-`. */
  readonly paths: readonly string[];
}

/**
 * Reads files of text and joins them in the order given, a line end between two where there is none. `-` is standard input.
 * @throws {DataError} if a file is missing, empty, or not text.
 */
export async function readTexts(files: readonly string[]): Promise<SourceText> {
  if (files.filter((file) => file === STANDARD_INPUT).length > 1) {
    throw new DataError('text: expected - once, for standard input can be read once; leave the others out.');
  }
  const texts: string[] = [];
  for (const file of files) {
    const text = file === STANDARD_INPUT ? await readStandardInput() : await readText(file);
    if (text.trim() === '')
      throw new DataError(`text: ${nameOf(file)}: there is nothing but white space; give some text.`);
    texts.push(text);
  }
  const text = texts.reduce((all, next) => all + (all.endsWith('\n') ? '' : '\n') + next);
  const hash = createHash('sha256').update(text).digest('hex');
  return { text, hash, paths: files.map((file) => (file === STANDARD_INPUT ? file : resolve(file))) };
}

/** @throws {DataError} if what comes on standard input is empty or not text. */
export async function readStandardInput(): Promise<string> {
  if (process.stdin.isTTY) stderr.write('Write the text; Ctrl-D ends it.\n');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return decodeText(nameOf(STANDARD_INPUT), Buffer.concat(chunks));
}

const nameOf = (file: string): string => (file === STANDARD_INPUT ? 'standard input' : file);

/** How many characters (Unicode code points) a text has. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
