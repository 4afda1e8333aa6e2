import { randomBytes } from 'node:crypto';
import { dirname, join, normalize, resolve } from 'node:path';
import { plainName, type Storage } from '../storage.ts';
import { asideName, clearLeftovers } from './aside.ts';
import { refuseReading, refuseWriting } from './errors.ts';
import { type FileSystem, systemFiles } from './file-system.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Files in a folder, which is created by the first write.
 *
 * A file is written to the same folder under a temporary name, synced, renamed over the old one, and the folder is
 * synced: a reader sees the complete old file or the complete new one, even if the process is killed or the power
 * fails. The partial file of a killed writer is removed by the next write.
 */
export function folderStorage(path: string): Storage {
  return storageOn(systemFiles, path);
}

/** A folder of a file system. */
export function storageOn(files: FileSystem, path: string): Storage {
  const folder = normalize(path);
  const locate = (name: string): string => join(folder, plainName(name));
  return {
    locate,
    async exists(name) {
      return files.access(locate(name)).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
          return refuseReading(locate(name), error);
        },
      );
    },
    async read(name) {
      const bytes = await files.readFile(locate(name)).catch((error) => refuseReading(locate(name), error));
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async write(name, bytes) {
      const target = locate(name);
      const aside = join(folder, asideName(name, randomBytes(6).toString('hex')));
      try {
        await makeDurably(files, folder);
        await clearLeftovers(folder, files);
        await writeSynced(files, aside, bytes);
        await files.rename(aside, target);
        await syncFolder(files, folder);
      } catch (error) {
        await files.rm(aside, { force: true }).catch(() => {});
        refuseWriting(target, error as NodeJS.ErrnoException);
      }
    },
    async rename(name, to) {
      try {
        await files.rename(locate(name), locate(to));
        await syncFolder(files, folder);
      } catch (error) {
        refuseWriting(locate(to), error as NodeJS.ErrnoException);
      }
    },
    async remove(name) {
      try {
        await files.rm(locate(name), { force: true });
        await syncFolder(files, folder);
      } catch (error) {
        refuseWriting(locate(name), error as NodeJS.ErrnoException);
      }
    },
  };
}

/** Creates a folder and its parents, so that they are there after a power failure, too. */
async function makeDurably(files: FileSystem, folder: string): Promise<void> {
  const made = await makeFolder(folder, files);
  if (made === undefined) return;
  const highest = dirname(resolve(made));
  for (let path = resolve(folder); path !== highest; path = dirname(path)) await syncFolder(files, dirname(path));
}

async function writeSynced(files: FileSystem, path: string, bytes: Uint8Array): Promise<void> {
  const file = await files.open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename durable. Windows and some file systems cannot sync a folder: the rename is still atomic. */
async function syncFolder(files: FileSystem, path: string): Promise<void> {
  try {
    const folder = await files.open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
