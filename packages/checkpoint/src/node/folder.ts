import { randomBytes } from 'node:crypto';
import { access, open, readFile, rename, rm } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { plainName, type Storage } from '../storage.ts';
import { asideName, clearLeftovers } from './aside.ts';
import { refuseReading, refuseWriting } from './errors.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Files in a folder, which is created by the first write.
 *
 * A file is written to the same folder under a temporary name, synced, renamed over the old one, and the folder is
 * synced: a reader sees the complete old file or the complete new one, even if the process is killed or the power fails. The
 * partial file of a killed writer is removed by the next write.
 */
export function folderStorage(path: string): Storage {
  const folder = normalize(path);
  const locate = (name: string): string => join(folder, plainName(name));
  return {
    locate,
    async exists(name) {
      return access(locate(name)).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
          return refuseReading(locate(name), error);
        },
      );
    },
    async read(name) {
      const bytes = await readFile(locate(name)).catch((error) => refuseReading(locate(name), error));
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
    async write(name, bytes) {
      const target = locate(name);
      const aside = join(folder, asideName(name, randomBytes(6).toString('hex')));
      try {
        await makeFolder(folder);
        await clearLeftovers(folder);
        await writeSynced(aside, bytes);
        await rename(aside, target);
        await syncFolder(folder);
      } catch (error) {
        await rm(aside, { force: true }).catch(() => {});
        refuseWriting(target, error as NodeJS.ErrnoException);
      }
    },
  };
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes a rename durable. Windows and some file systems cannot sync a folder: the rename is still atomic. */
async function syncFolder(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!['EPERM', 'EISDIR', 'EINVAL', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
