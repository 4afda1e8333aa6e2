import * as promises from 'node:fs/promises';

/** What a folder needs of a file system. Tests give one that stops, or loses what was not synced. */
export type FileSystem = Pick<
  typeof promises,
  'access' | 'mkdir' | 'open' | 'readdir' | 'readFile' | 'rename' | 'rm' | 'stat'
>;

/** That of the system. */
export const systemFiles: FileSystem = promises;
