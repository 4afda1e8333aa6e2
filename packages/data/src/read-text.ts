import { readFile } from 'node:fs/promises';
import { DataError } from '@elman/core';

/**
 * The text of a file, or of several in the given order, one directly after the other. Read as UTF-8; a byte order mark
 * at the start of a file is dropped.
 *
 * @throws {DataError} in one line that names the file and says what to do, for a file that is missing, empty, a folder,
 *   not to be read, or not text (NUL bytes or invalid UTF-8).
 */
export async function readText(paths: string | readonly string[]): Promise<string> {
  const all = typeof paths === 'string' ? [paths] : paths;
  if (all.length === 0) throw new DataError('data: no file was given; name one or more text files.');
  const texts: string[] = [];
  for (const path of all) texts.push(decoded(path, await bytesOf(path)));
  return texts.join('');
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = (code !== undefined && REASONS[code]) || `it cannot be read (${message.split('\n')[0]})`;
    throw new DataError(`data: ${path}: ${reason}.`, { cause: error });
  }
}

/** The longest string of V8, in bytes. */
const LARGEST = 2 ** 29 - 24;
const TOO_LARGE = 'it is too large to read at once; split it into parts below 512 MB';

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'there is no such file; check the path',
  EISDIR: 'this is a folder; name the files in it, for instance with FOLDER/*.txt',
  EACCES: 'it may not be read; check its permissions',
  EPERM: 'it may not be read; check its permissions',
  ERR_FS_FILE_TOO_LARGE: TOO_LARGE,
};

function decoded(path: string, bytes: Uint8Array): string {
  if (bytes.length === 0) throw new DataError(`data: ${path}: the file is empty; give one with text.`);
  if (bytes.length > LARGEST) throw new DataError(`data: ${path}: ${TOO_LARGE}.`);
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw new DataError(`data: ${path}: this is not text (a NUL byte at ${nul}); give a text file in UTF-8.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new DataError(
      `data: ${path}: this is not UTF-8 text; convert it first, for instance with: iconv -f LATIN1 -t UTF-8`,
      { cause: error },
    );
  }
}
