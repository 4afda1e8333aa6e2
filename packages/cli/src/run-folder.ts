import type { Storage } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { CheckpointError, type Json, OptionError } from '@elman/core';
import { prepareFolder, type RunFolder } from './folder.ts';
import { optionName } from './format.ts';

/** Of a run on a task: what it is a function of, and what came out. */
export const SETTINGS = 'run.json';
export const RESULT = 'result.json';

/** A folder for a run, and how far the run in it is. */
export interface TaskFolder {
  readonly storage: Storage;
  readonly folder: RunFolder;
  /** The run was begun there, with the same settings. */
  readonly begun: boolean;
  /** What came out, where it is done. */
  readonly result?: Json | undefined;
}

/**
 * Opens the folder of a run: to begin there, to go on, or to find it done.
 * @throws {OptionError} if there is a run of other settings and `overwrite` was not said.
 * @throws {CheckpointError} if it cannot be written, or what is there is damaged.
 */
export async function openFolder(path: string, settings: Json, overwrite: boolean): Promise<TaskFolder> {
  const storage = folderStorage(path);
  const found = overwrite ? undefined : await readJson(storage, SETTINGS);
  if (found === undefined) {
    return { storage, folder: await prepareFolder(path, overwrite, { beside: [RESULT] }), begun: false };
  }
  const other = difference(found, settings);
  if (other !== undefined) {
    throw new OptionError(
      `${path}: there is a run with ${other}; give the same, choose another --out, or begin anew with --overwrite.`,
    );
  }
  const folder = { path, save: (write: () => Promise<void>) => write(), takeBack: async () => {} };
  return { storage, folder, begun: true, result: await readJson(storage, RESULT) };
}

/** Writes a text, whole or not at all. */
export async function writeText(storage: Storage, name: string, text: string): Promise<void> {
  await storage.write(name, new TextEncoder().encode(text));
}

/** Writes JSON that people can read, whole or not at all. */
export async function writeJsonFile(storage: Storage, name: string, value: unknown): Promise<void> {
  await writeText(storage, name, `${JSON.stringify(value, null, 2)}\n`);
}

async function readJson(storage: Storage, name: string): Promise<Json | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await storage.read(name);
  } catch {
    return undefined;
  }
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Json;
  } catch (error) {
    throw new CheckpointError(
      `${storage.locate(name)}: not JSON (${(error as Error).message}); begin anew with --overwrite.`,
      { cause: error },
    );
  }
}

/** The first setting that is not the same, if there is one, as the command calls it: `another --seed (1, now 2)`. */
function difference(found: Json, wanted: Json): string | undefined {
  const [a, b] = [found, wanted] as { readonly [key: string]: Json }[];
  const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  const key = [...keys].find((key) => JSON.stringify(a?.[key]) !== JSON.stringify(b?.[key]));
  if (key === undefined) return undefined;
  const values = [a?.[key], b?.[key]];
  const short = values.every((value) => value !== undefined && (value === null || typeof value !== 'object'));
  const shown = short && key !== 'pairsHash' ? ` (${values.join(', now ')})` : '';
  return `another ${CALLED[key] ?? optionName(key)}${shown}`;
}

/** What settings are called that are no options by themselves. */
const CALLED: { readonly [setting: string]: string } = {
  task: 'task',
  pairs: 'file of pairs',
  pairsHash: 'text in its file of pairs',
  least: '--length or --difficulty',
  most: '--length or --difficulty',
};
