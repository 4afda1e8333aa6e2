import { CheckpointError } from '@elman/core';
import {
  areEqual,
  type Entries,
  type Entry,
  encodeManifest,
  entryOf,
  MANIFEST,
  matches,
  readManifest,
} from './manifest.ts';
import { refuse } from './refuse.ts';
import type { Storage } from './storage.ts';

/** The bytes of files by their names. */
export type Files = { readonly [name: string]: Uint8Array };

/** Options of `writeTogether`. */
export type WriteOptions = {
  /** Whether the files of earlier saves that are not written now are dropped. By default they stay. */
  readonly replace?: boolean | undefined;
  /** Files whose present content stays, under the name that `previousName` gives it; not with `replace`. */
  readonly keepPrevious?: readonly string[] | undefined;
  /** Files that are put in place by this save and may grow afterwards, so that they are not checked. */
  readonly logs?: Files | undefined;
};

/** The name for the content before the present one: `training.previous.safetensors` of `training.safetensors`. */
export const previousName = (name: string): string => name.replace(/(\.[^.]*)?$/, '.previous$1');

/** The name of a file until the manifest that names it is durable. */
const nextName = (name: string): string => `${name}.next`;

/**
 * Writes several files as one: whenever the process is killed, the power fails or the disk is full, `readTogether`
 * finds all of them as they were before or all as they are now.
 *
 *   1. each file under the name `FILE.next`, synced
 *   2. `manifest.json`, which names the files with their lengths and CRC-32s and carries its own: the commit
 *   3. each file renamed to its own name
 *
 * What was there is not touched before step 2. After a stop between 2 and 3 reading looks under both names, and the
 * next save completes step 3. Files of equal content are not written again. Two writers at a time are not told apart:
 * `lockFolder` keeps the second out.
 *
 * @throws {CheckpointError} if a file cannot be written; what was there stays.
 */
export async function writeTogether(
  storage: Storage,
  files: Files,
  { replace = false, keepPrevious = [], logs = {} }: WriteOptions = {},
): Promise<void> {
  const before = await readManifest(storage).catch(() => undefined);
  const old = before?.files ?? {};
  await finish(storage, old);
  const changed: [name: string, bytes: Uint8Array][] = [];
  for (const [name, bytes] of Object.entries({ ...logs, ...files })) {
    if (!(await isThere(storage, name, bytes, old[name]))) changed.push([name, bytes]);
  }
  const kept = replace
    ? []
    : changed.map(([name]) => name).filter((name) => keepPrevious.includes(name) && name in old);
  const entries: Entries = {
    ...(replace ? {} : old),
    ...Object.fromEntries(kept.map((name) => [previousName(name), old[name] as Entry])),
    ...Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, entryOf(bytes)])),
    ...Object.fromEntries(Object.entries(logs).map(([name, bytes]) => [name, { ...entryOf(bytes), log: true }])),
  };
  const manifest = encodeManifest(entries);
  if (changed.length === 0 && before !== undefined && areEqual(before.bytes, manifest)) return;
  await commit(storage, changed, manifest);
  for (const [name] of changed) {
    if (kept.includes(name)) await storage.rename(name, previousName(name));
    await storage.rename(nextName(name), name);
  }
  for (const name of Object.keys(old)) if (!(name in entries)) await storage.remove(name);
}

/**
 * Reads files that one save wrote.
 *
 * @throws {CheckpointError} naming the file that is missing, or is not the one that was saved with the others.
 */
export async function readTogether<Name extends string>(
  storage: Storage,
  names: readonly Name[],
): Promise<{ readonly [name in Name]: Uint8Array }> {
  let failed: Uint8Array | undefined;
  for (;;) {
    const manifest = await readManifest(storage).catch(async (error) => {
      if (await storage.exists(MANIFEST)) throw error;
      const where = storage.locate(names[0] ?? MANIFEST);
      return refuse(where, `not found: there is no ${MANIFEST} beside it. Check the path, and copy folders whole.`);
    });
    try {
      const found = names.map(async (name) => [name, await find(storage, manifest.files, name)] as const);
      return Object.fromEntries(await Promise.all(found)) as { [name in Name]: Uint8Array };
    } catch (error) {
      // A save at the same time may have renamed a file, or written another manifest: wrong is what fails twice.
      if (failed !== undefined && areEqual(failed, manifest.bytes)) throw error;
      failed = manifest.bytes;
    }
  }
}

/**
 * The names of the files that are saved together, without logs; none if nothing was saved.
 *
 * @throws {CheckpointError} if the manifest is damaged.
 */
export async function savedTogether(storage: Storage): Promise<string[]> {
  if (!(await storage.exists(MANIFEST))) return [];
  const { files } = await readManifest(storage);
  return Object.keys(files).filter((name) => !files[name]?.log);
}

/**
 * Completes a save that was interrupted after its commit, as the next save does: for who reads a log, which
 * `readTogether` does not.
 *
 * @throws {CheckpointError} if the manifest is damaged, or a file cannot be renamed.
 */
export async function completeSave(storage: Storage): Promise<void> {
  if (await storage.exists(MANIFEST)) await finish(storage, (await readManifest(storage)).files);
}

async function find(storage: Storage, files: Entries, name: string): Promise<Uint8Array> {
  const entry = Object.hasOwn(files, name) ? (files[name] as Entry) : undefined;
  if (entry === undefined) {
    throw new CheckpointError(`${storage.locate(name)}: not found; nothing was saved under this name.`);
  }
  let isThere = false;
  for (const place of [name, nextName(name), ...Object.keys(files).filter((other) => previousName(other) === name)]) {
    const bytes = await storage.read(place).catch(async (error) => {
      if (await storage.exists(place)) throw error;
      return undefined;
    });
    if (bytes !== undefined && matches(bytes, entry)) return bytes;
    isThere ||= bytes !== undefined && place === name;
  }
  const wanted = `${entry.bytes.toLocaleString('en-US')} bytes with the CRC-32 ${entry.crc32} (${MANIFEST})`;
  return refuse(
    storage.locate(name),
    `${isThere ? 'damaged, or of another save' : 'missing'}: expected ${wanted}. Use an earlier copy of the folder.`,
  );
}

/** Completes a save that was interrupted after its commit, and removes what is left of one that was before. */
async function finish(storage: Storage, files: Entries): Promise<void> {
  for (const [name, entry] of Object.entries(files)) {
    const next = nextName(name);
    if (!(await storage.exists(next))) continue;
    if (!matches(await storage.read(next), entry)) {
      await storage.remove(next);
      continue;
    }
    const previous = files[previousName(name)];
    if (previous !== undefined && (await storage.exists(name)) && matches(await storage.read(name), previous)) {
      await storage.rename(name, previousName(name));
    }
    await storage.rename(next, name);
  }
}

/** Writes files under their names until the manifest is there, and the manifest. If it fails, nothing is left of them. */
async function commit(
  storage: Storage,
  files: readonly (readonly [name: string, bytes: Uint8Array])[],
  manifest: Uint8Array,
): Promise<void> {
  try {
    for (const [name, bytes] of files) await storage.write(nextName(name), bytes);
    await storage.write(MANIFEST, manifest);
  } catch (error) {
    // The manifest may be in place although its writing failed in the end: then it needs them.
    const isCommitted = await storage.read(MANIFEST).then(
      (bytes) => areEqual(bytes, manifest),
      () => storage.exists(MANIFEST).catch(() => true),
    );
    if (!isCommitted) for (const [name] of files) await storage.remove(nextName(name)).catch(() => {});
    throw error;
  }
}

/** Whether a file has this content and an entry for it already. */
async function isThere(storage: Storage, name: string, bytes: Uint8Array, entry: Entry | undefined): Promise<boolean> {
  if (entry?.bytes !== bytes.length || entry.log || !(await storage.exists(name))) return false;
  return storage.read(name).then(
    (found) => areEqual(found, bytes),
    () => false,
  );
}
