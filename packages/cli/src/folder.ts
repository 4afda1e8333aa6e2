import { access, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '@elman/checkpoint/node';
import { CheckpointError, OptionError } from '@elman/core';
import { systemReason } from './errors.ts';
import { HISTORY } from './history.ts';

/** The files by which a folder is known to have a run, the one that resumes it first. */
const FILES = ['training.safetensors', 'model.json', 'model.safetensors'];
/** Enough for a full disk to show itself. */
const PROBE = new Uint8Array(64 * 1024);

/** A folder that is ready for a run. */
export interface RunFolder {
  readonly path: string;
  /**
   * Runs what writes the files of the run. Before the first time what an earlier run left is removed; if the first time
   * fails, so is what it wrote.
   */
  save(write: () => Promise<void>): Promise<void>;
  /** Takes away the folders that were made, as far as they are empty: for a run that ended before it saved anything. */
  takeBack(): Promise<void>;
}

/**
 * Makes the folder of a new run and tries to write there, before any work is done.
 * @param options.goOn the command that resumes the run there; `beside` are further files that the run will write.
 * @throws {OptionError} if there is a model in it and `overwrite` was not said; {CheckpointError} if it cannot be written.
 */
export async function prepareFolder(
  path: string,
  overwrite: boolean,
  { goOn, beside = [] }: { readonly goOn?: string; readonly beside?: readonly string[] } = {},
): Promise<RunFolder> {
  const taken = await anyExists(path);
  if (taken !== undefined && !overwrite) {
    throw new OptionError(
      `${path} has a model already (${taken}); ${goOn === undefined ? '' : `go on with ${goOn}, `}choose another --out, or train anew with --overwrite.`,
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
  const clear = async (): Promise<void> => {
    for (const file of [...FILES, HISTORY, ...beside]) await rm(join(path, file), { force: true });
  };
  let first = true;
  return {
    path,
    async save(write) {
      if (!first) return write();
      await clear();
      try {
        await write();
      } catch (error) {
        await clear();
        throw error;
      }
      first = false;
    },
    takeBack: () => takeBack(path, made),
  };
}

async function anyExists(path: string): Promise<string | undefined> {
  for (const file of FILES) {
    try {
      await access(join(path, file));
      return file;
    } catch {
      // Not there, or not to be seen: then writing fails too, with a reason.
    }
  }
  return undefined;
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
