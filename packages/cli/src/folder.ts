import { rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { completeSave, type Files, type Storage, savedTogether } from '@elman/checkpoint';
import { folderStorage, lockFolder, makeFolder } from '@elman/checkpoint/node';
import { CheckpointError, OptionError, type Tree } from '@elman/core';
import { saveTraining, type TrainingState } from '@elman/train';
import { systemReason } from './errors.ts';
import type { History } from './history.ts';

/** The files by which a folder is known to have a run, the one that resumes it first. */
const FILES = ['training.safetensors', 'model.json', 'model.safetensors', 'run.json', 'ngram.json', 'manifest.json'];
/** Enough for a full disk to show itself. */
const PROBE = new Uint8Array(64 * 1024);

/** A folder that this process has for a run. */
export interface RunFolder {
  readonly path: string;
  readonly storage: Storage;
  /** Whether there is something that only `--overwrite` replaces. */
  readonly isTaken: boolean;
  /**
   * Saves a state with other files and the lines of the history, all or nothing. What an earlier run left stays until
   * the first save of a new one is durable.
   */
  save(state: TrainingState<Tree, Tree, Tree>, beside: Files, history: History): Promise<void>;
  /** Gives the folder back to other processes, and removes the folders that were made as far as they are empty. */
  close(): Promise<void>;
}

/**
 * Makes the folder of a new run, keeps other processes out of it and tries to write there, before any work is done.
 * @param goOn the command that resumes the run there.
 * @throws {OptionError} if there is a model in it and `overwrite` was not said.
 * @throws {CheckpointError} if it cannot be written, or another process trains there.
 */
export async function prepareFolder(path: string, overwrite: boolean, goOn?: string): Promise<RunFolder> {
  const storage = folderStorage(path);
  const taken = await whatIsThere(storage);
  if (taken !== undefined && !overwrite) {
    const advice = goOn === undefined || !(await canGoOn(storage)) ? '' : `go on with ${goOn}, `;
    throw new OptionError(
      `${path} has a model already (${taken}); ${advice}choose another --out, or train anew with --overwrite.`,
    );
  }
  const probe = join(path, `.probe-${process.pid}`);
  let made: string | undefined;
  try {
    made = await makeFolder(resolve(path));
    await writeFile(probe, PROBE);
    await rm(probe);
  } catch (error) {
    await rm(probe, { force: true }).catch(() => {});
    await takeBack(path, made);
    const reason = systemReason(error) ?? (error as Error).message;
    throw new CheckpointError(`${path}: cannot be written (${reason}); choose another --out.`, { cause: error });
  }
  return lockedFolder(path, { isNew: true, isTaken: taken !== undefined, made });
}

/**
 * The folder of a run that is resumed.
 * @throws {CheckpointError} if it cannot be written, or another process trains there.
 */
export async function resumeFolder(path: string): Promise<RunFolder> {
  const folder = await lockedFolder(path, { isNew: false, isTaken: true });
  try {
    await completeSave(folder.storage);
    return folder;
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function lockedFolder(
  path: string,
  { isNew, isTaken, made }: { readonly isNew: boolean; readonly isTaken: boolean; readonly made?: string | undefined },
): Promise<RunFolder> {
  const storage = folderStorage(path);
  const lock = await lockFolder(path);
  let replace = isNew;
  return {
    path,
    storage,
    get isTaken() {
      return isTaken || isNew !== replace;
    },
    async save(state, beside, history) {
      await history.save((logs) => saveTraining(storage, state, { beside, logs, replace }));
      replace = false;
    },
    async close() {
      await lock.release();
      await takeBack(path, made);
    },
  };
}

/** A file of a run, if there is one. */
async function whatIsThere(storage: Storage): Promise<string | undefined> {
  for (const file of FILES) {
    // What cannot be seen cannot be written either; that is said later, with a reason.
    if (await storage.exists(file).catch(() => false)) return file;
  }
  return undefined;
}

/** Whether a run has saved what it takes to resume it. */
async function canGoOn(storage: Storage): Promise<boolean> {
  const names: readonly string[] = await savedTogether(storage).catch(() => []);
  return names.includes('training.safetensors') && names.includes('model.json');
}

/** Removes `path` and its parents up to the first that was made, while they are empty. */
async function takeBack(path: string, firstMade: string | undefined): Promise<void> {
  if (firstMade === undefined) return;
  const last = resolve(firstMade);
  for (let folder = resolve(path); folder.length >= last.length; folder = dirname(folder)) {
    try {
      await rmdir(folder);
    } catch {
      return;
    }
  }
}
