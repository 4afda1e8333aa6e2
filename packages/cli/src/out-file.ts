import { basename, dirname, resolve } from 'node:path';
import type { Storage } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { OptionError } from '@elman/core';

/** A file that a command writes when all is done. */
export interface OutFile {
  /** Writes it whole, or nothing. @throws {CheckpointError} if it cannot be written. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * The file at a path, before any work is done for it.
 * @throws {OptionError} if there is one and `overwrite` was not said, or the path is none of a file.
 */
export async function outFile(path: string, overwrite = false): Promise<OutFile> {
  const [storage, name] = placeOf(path);
  if (!overwrite && (await storage.exists(name))) {
    throw new OptionError(`${path}: there is a file already; choose another --out, or replace it with --overwrite.`);
  }
  return { write: (bytes) => storage.write(name, bytes) };
}

function placeOf(path: string): [Storage, string] {
  const name = basename(path);
  if (name === '' || name.startsWith('.') || path.endsWith('/')) {
    throw new OptionError(`--out: expected the name of a file that does not begin with a dot, got ${path}.`);
  }
  return [folderStorage(dirname(resolve(path))), name];
}
