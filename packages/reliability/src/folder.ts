import { createHash } from 'node:crypto';
import { readTogether, savedTogether } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';

/** The files that a folder has saved, each with its SHA-256. Throws if one of them is not whole or not of the same save. */
export async function saved(path: string): Promise<{ readonly [name: string]: string }> {
  const storage = folderStorage(path);
  const files = await readTogether(storage, (await savedTogether(storage)).sort());
  return Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]),
  );
}
