import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError, OptionError } from '@elman/core';
import { readText } from './read-text.ts';

/** A text in the three parts of which figures are published. */
export type Corpus = { readonly train: string; readonly validation: string; readonly test: string };

/** The corpora that `readCorpus` knows. */
export const corpusNames = ['pennTreebankWords', 'pennTreebankCharacters', 'wikiText', 'text8', 'enwik8'] as const;

/** The name of a corpus. */
export type CorpusName = (typeof corpusNames)[number];

/** The names of the files, as they are distributed. */
const FILES: { readonly [corpus: string]: readonly { readonly [part in keyof Corpus]: string }[] } = {
  pennTreebank: [{ train: 'ptb.train.txt', validation: 'ptb.valid.txt', test: 'ptb.test.txt' }],
  wikiText: ['tokens', 'raw'].map((ending) => ({
    train: `wiki.train.${ending}`,
    validation: `wiki.valid.${ending}`,
    test: `wiki.test.${ending}`,
  })),
};

/** Of text8 and enwik8, in bytes: 90, 5 and 5 million. */
const FIRST_BYTES = { train: 90_000_000, validation: 95_000_000, test: 100_000_000 };

/**
 * A corpus of which figures are published, in the parts that they are about, from the files of a person: a folder with
 * the files of the parts, or of text8 and enwik8 the one file.
 *
 * - `pennTreebankWords` (Mikolov et al. 2010): ptb.train.txt, ptb.valid.txt, ptb.test.txt, as they are. Words are what
 *   is between white space, `<unk>` one of them, and the end of a line is `<eos>`: `wordLevelTokenizer` with
 *   `endOfLine`. 929,589, 73,760 and 82,430 tokens.
 * - `pennTreebankCharacters` (Mikolov et al. 2012): the same files, each line without the spaces around it, for a
 *   tokenizer of characters; the end of a line is a character.
 * - `wikiText` (Merity et al. 2017), of either size: wiki.train.tokens, wiki.valid.tokens and wiki.test.tokens, or
 *   .raw. As `pennTreebankWords`.
 * - `text8`, `enwik8` (Mahoney): the first 90 million bytes, the next 5 and the last 5; in UTF-8 parts end with a whole
 *   character, so that up to 3 bytes are in the part before. For tokenizers of characters and of bytes.
 *
 * @throws {OptionError} for another name; {DataError} if a file is missing, is not text, or is no such corpus by its length.
 */
export async function readCorpus(name: CorpusName, path: string): Promise<Corpus> {
  switch (name) {
    case 'pennTreebankWords':
    case 'wikiText':
      return readParts(name, path);
    case 'pennTreebankCharacters':
      return mapParts(await readParts(name, path), (text) => text.replaceAll(/^ +| +$/gm, ''));
    case 'text8':
    case 'enwik8':
      return splitBytes(name, path);
    default:
      throw new OptionError(`data: corpus: expected one of ${corpusNames.join(', ')}, got "${name as string}".`);
  }
}

async function readParts(name: CorpusName, folder: string): Promise<Corpus> {
  const kinds = FILES[name === 'wikiText' ? name : 'pennTreebank'] as (typeof FILES)[string];
  for (const files of kinds) {
    const paths = mapParts(files, (file) => join(folder, file));
    if (!(await isThere(paths.train))) continue;
    const [train, validation, test] = await Promise.all([paths.train, paths.validation, paths.test].map(readPart));
    return { train, validation, test } as Corpus;
  }
  const wanted = kinds.map(({ train, validation, test }) => `${train}, ${validation} and ${test}`).join(', or ');
  throw new DataError(`data: ${folder}: ${name}: expected a folder with ${wanted}; check the path.`);
}

const readPart = (path: string): Promise<string> => readText(path);

const mapParts = ({ train, validation, test }: Corpus, change: (text: string) => string): Corpus => ({
  train: change(train),
  validation: change(validation),
  test: change(test),
});

async function splitBytes(name: CorpusName, path: string): Promise<Corpus> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const bytes = new TextEncoder().encode(await readText(isFolder ? join(path, name) : path));
  if (bytes.length !== FIRST_BYTES.test) {
    throw new DataError(
      `data: ${basename(path)}: ${name}: expected ${FIRST_BYTES.test} bytes of UTF-8, got ${bytes.length}; give the whole file, unpacked.`,
    );
  }
  return cutBytes(bytes, FIRST_BYTES);
}

/** Cuts UTF-8 after so many bytes, or up to three more, where characters end. */
export function cutBytes(bytes: Uint8Array, ends: { readonly [part in keyof Corpus]: number }): Corpus {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let start = 0;
  const part = (wanted: number): string => {
    let end = wanted;
    while (((bytes[end] ?? 0) & 0xc0) === 0x80) end++;
    const text = decoder.decode(bytes.subarray(start, end));
    start = end;
    return text;
  };
  return { train: part(ends.train), validation: part(ends.validation), test: part(ends.test) };
}

const isThere = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
