import { dirname } from 'node:path';
import { type FileSystem, systemFiles } from './file-system.ts';

/**
 * Creates a folder and its parents, as `mkdir -p`; returns the first that it created, undefined if it existed. (Node's own
 * `recursive` never returns where a file system reports an existing folder as missing, as /proc does.)
 */
export async function makeFolder(path: string, files: FileSystem = systemFiles): Promise<string | undefined> {
  try {
    await files.mkdir(path);
    return path;
  } catch (error) {
    const found = await files.stat(path).catch(() => undefined);
    if (found?.isDirectory()) return undefined;
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    const made = await makeFolder(dirname(path), files);
    if (made === undefined) throw error;
    await files.mkdir(path).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again;
    });
    return made;
  }
}
