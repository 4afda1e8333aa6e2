import { readFile } from 'node:fs/promises';
import { DataError } from '@elman/core';
import { decodeText, TOO_LARGE } from './decode-text.ts';

/**
 * The text of a file, or of several in the given order, one directly after the other, in UTF-8, or in UTF-16 with a byte
 * order mark. A mark at the start of a file is dropped.
 *
 * @throws {DataError} in one line that names the file and says what to do, for a file that is missing, empty, a folder,
 *   not to be read, or not text (NUL or an invalid encoding).
 */
export async function readText(paths: string | readonly string[]): Promise<string> {
  const all = typeof paths === 'string' ? [paths] : paths;
  if (all.length === 0) throw new DataError('data: no file was given; name one or more text files.');
  const texts: string[] = [];
  for (const path of all) texts.push(decodeText(path, await bytesOf(path), path));
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

const REASONS: { readonly [code: string]: string } = {
  ENOENT: 'there is no such file; check the path',
  ENOTDIR: 'there is no such file; check the path',
  EISDIR: 'this is a folder; name the files in it, for instance with FOLDER/*.txt',
  EACCES: 'it may not be read; check its permissions',
  EPERM: 'it may not be read; check its permissions',
  ERR_FS_FILE_TOO_LARGE: TOO_LARGE,
};
