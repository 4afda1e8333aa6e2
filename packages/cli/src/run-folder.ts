import { readTogether, type Storage, savedTogether, writeTogether } from '@elman/checkpoint';
import { folderStorage } from '@elman/checkpoint/node';
import { expectJson, type Json, json, OptionError, parseJson } from '@elman/core';
import { prepareFolder, type RunFolder, resumeFolder } from './folder.ts';
import { optionName } from './format.ts';

/** Of a run on a task: what it is a function of, and what came out. */
export const SETTINGS = 'run.json';
export const RESULT = 'result.json';

/** A run in a folder: done, or to be begun or resumed. */
export type TaskFolder =
  | { readonly result: Json }
  | {
      readonly result?: undefined;
      readonly folder: RunFolder;
      /** The run was begun there, with the same settings. */
      readonly begun: boolean;
    };

/**
 * Opens the folder of a run: to begin there, to go on, or to find it done.
 * @throws {OptionError} if there is a run of other settings and `overwrite` was not said.
 * @throws {CheckpointError} if it cannot be written, what is there is damaged, or another process trains there.
 */
export async function openFolder(path: string, settings: Json, overwrite: boolean): Promise<TaskFolder> {
  const storage = folderStorage(path);
  if (overwrite) return { folder: await prepareFolder(path, true), begun: false };
  const found = await findRun(storage, path, settings);
  if (found?.result !== undefined) return { result: found.result };
  if (found === undefined) return { folder: await prepareFolder(path, false), begun: false };
  const folder = await resumeFolder(path);
  // Another process may have done it while it had the folder.
  const now = await findRun(storage, path, settings);
  if (now?.result === undefined) return { folder, begun: true };
  await folder.close();
  return { result: now.result };
}

/** JSON that people can read, as a file. */
export function jsonFile(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes what came out of a run, with other files. */
export async function writeResult(
  storage: Storage,
  result: unknown,
  beside: { readonly [name: string]: string } = {},
): Promise<void> {
  const files = Object.entries(beside).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  await writeTogether(storage, { ...Object.fromEntries(files), [RESULT]: jsonFile(result) });
}

const ADVICE = 'begin anew with --overwrite';

/** The run of a folder, with its result where it is done; undefined if there is none. */
export async function findRun(
  storage: Storage,
  path: string,
  settings: Json,
): Promise<{ readonly result?: Json } | undefined> {
  const names = await savedTogether(storage);
  if (!names.includes(SETTINGS)) return undefined;
  const read = await readTogether(
    storage,
    [SETTINGS, RESULT].filter((name) => names.includes(name)),
  );
  const parse = (name: string): Json | undefined => {
    const bytes = read[name];
    if (bytes === undefined) return undefined;
    const where = storage.locate(name);
    const found = parseJson(bytes, { where, advice: ADVICE });
    expectJson(where, found, json.record({}), ADVICE);
    return found as Json;
  };
  const other = difference(parse(SETTINGS) as Json, settings);
  if (other !== undefined) {
    throw new OptionError(
      `${path}: there is a run with ${other}; give the same, choose another --out, or begin anew with --overwrite.`,
    );
  }
  return { result: parse(RESULT) as Json };
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
