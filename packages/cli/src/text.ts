import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { DataError, OptionError } from '@elman/core';
import { type Corpus, type CorpusName, decodeText, readCorpus, readText } from '@elman/data/node';
import { stderr } from './terminal.ts';

/** In place of the name of a file: what comes on standard input. */
export const STANDARD_INPUT = '-';

/** The text of a run, whole, and what tells it from any other. */
export interface SourceText {
  readonly text: string;
  /** Held out, where it is a text of its own. */
  readonly validation?: string | undefined;
  /** SHA-256 of these in UTF-8, in hexadecimal. */
  readonly hash: string;
  /** Absolute paths in the order given; standard input as `-`. */
  readonly paths: readonly string[];
}

/** Where the text of a run comes from. */
export type SourceSettings = {
  /** Undefined where the files are plain text. */
  readonly corpus?: string | undefined;
  /** The file of the held-out text, a share of the text, or nothing. */
  readonly validation?: number | string | null | undefined;
};

/**
 * The text of a run and, where it has one of its own, the held-out text: of a corpus its parts for training and validation.
 * @throws {OptionError} for contradictory settings; {DataError} if a file is missing, empty, or not text.
 */
export async function readSource(
  files: readonly string[],
  { corpus, validation }: SourceSettings,
): Promise<SourceText> {
  if (corpus !== undefined) {
    if (validation !== undefined && validation !== null) {
      throw new OptionError(`--validation: expected none beside --corpus, which has its own; leave it out.`);
    }
    const parts = await readCorpusAt(files, corpus);
    return withHash(parts.train, parts.validation, files);
  }
  const source = await readTexts(files);
  return typeof validation === 'string' ? withHash(source.text, await readText(validation), files) : source;
}

/** @throws {OptionError} unless one path is given, and a known corpus. */
export async function readCorpusAt(files: readonly string[], corpus: string): Promise<Corpus> {
  const [path] = files;
  if (files.length !== 1 || path === undefined || path === STANDARD_INPUT) {
    throw new OptionError(`--corpus: expected one path, of the folder or file of ${corpus}, got ${files.length}.`);
  }
  return readCorpus(corpus as CorpusName, path);
}

function withHash(text: string, validation: string | undefined, files: readonly string[]): SourceText {
  const hash = createHash('sha256').update(text);
  if (validation !== undefined) hash.update('\0').update(validation);
  const paths = files.map((file) => (file === STANDARD_INPUT ? file : resolve(file)));
  return { text, ...(validation !== undefined && { validation }), hash: hash.digest('hex'), paths };
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
  return withHash(text, undefined, files);
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
