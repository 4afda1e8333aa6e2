import { completeSave, type Files, readTogether, type Storage, savedTogether, writeTogether } from '@elman/checkpoint';
import { describe, expect, test } from 'vitest';
import { storageOn } from '../src/node/folder.ts';
import { Disk, Stop } from './support/disk.ts';

const FOLDER = '/runs/poet';
const text = (of: string): Uint8Array => new TextEncoder().encode(of);
const options = { keepPrevious: ['training.safetensors'] };
/** The files of a save. `model.json` is the same in all, as it often is. */
const version = (n: number): Files => ({
  'model.json': text('the model'),
  'model.safetensors': text(`weights ${n}`),
  'training.safetensors': text(`training ${n}, which has another length: ${'*'.repeat(n)}`),
});

/** The version that a folder has; 0 if none was saved. Anything that is not one whole version throws. */
async function versionOf(storage: Storage): Promise<number> {
  const names = await savedTogether(storage);
  if (names.length === 0) return 0;
  const found = await readTogether(storage, names);
  const words = (name: string) => new TextDecoder().decode(found[name]);
  const n = Number(words('model.safetensors').split(' ')[1]);
  const wanted = { ...version(n), ...(n > 1 && { [PREVIOUS]: version(n - 1)['training.safetensors'] as Uint8Array }) };
  expect(names.sort()).toEqual(Object.keys(wanted).sort());
  for (const [name, bytes] of Object.entries(wanted)) expect(words(name)).toBe(new TextDecoder().decode(bytes));
  return n;
}
const PREVIOUS = 'training.previous.safetensors';
const AT_REST = ['manifest.json', 'model.json', 'model.safetensors', 'training.safetensors'];

async function saved(disk: Disk, n: number): Promise<boolean> {
  try {
    await writeTogether(storageOn(disk.files, FOLDER), version(n), options);
    return true;
  } catch (error) {
    // A stop inside a write is reported as a failed write.
    if (!(error instanceof Stop) && !((error as Error).cause instanceof Stop)) throw error;
    return false;
  }
}

/** All disks that a stop at any operation of the n-th save may leave, and whether that save had returned. */
async function* stops(before: () => Disk, n: number, failures: (disk: Disk) => Disk[]) {
  for (let operation = 0; ; operation++) {
    const disk = before().stopAt(operation);
    const isSaved = await saved(disk, n);
    for (const left of failures(disk)) yield { left, isSaved, operation };
    if (isSaved) return;
  }
}

const all = (disk: Disk): Disk[] => [disk.killed(), ...disk.powerFailures()];

describe('a save that is stopped at any operation of the file system', () => {
  test.each([1, 2, 3])('leaves the files before or after save %i, never a mixture', async (n) => {
    const before = new Disk();
    for (let i = 1; i < n; i++) await saved(before, i);
    let count = 0;
    for await (const { left, isSaved, operation } of stops(() => before.killed(), n, all)) {
      const found = await versionOf(storageOn(left.files, FOLDER));
      expect(isSaved ? [n] : [n - 1, n], `operation ${operation}`).toContain(found);
      count++;
    }
    expect(count).toBeGreaterThan(50);
  });

  test('and so does the next save, stopped too; afterwards no other file is left', async () => {
    const before = new Disk();
    await saved(before, 1);
    const failures = (disk: Disk) => [disk.killed(), disk.powerFailures()[0] as Disk];
    let count = 0;
    for await (const { left: first } of stops(() => before.killed(), 2, failures)) {
      const n = await versionOf(storageOn(first.killed().files, FOLDER));
      for await (const { left, isSaved } of stops(() => first.killed(), n + 1, failures)) {
        expect(isSaved ? [n + 1] : [n, n + 1]).toContain(await versionOf(storageOn(left.files, FOLDER)));
        count++;
      }
      await saved(first, n + 1);
      expect(
        first.names.filter((path) => path.startsWith(`${FOLDER}/`)).map((path) => path.slice(FOLDER.length + 1)),
      ).toEqual([...AT_REST, PREVIOUS].sort());
    }
    expect(count).toBeGreaterThan(1000);
  });

  test('in place of another run: its files stay until the new ones are durable, then they go', async () => {
    const before = new Disk();
    for (const n of [1, 2]) await saved(before, n);
    const replacing = { 'run.json': text('{}'), 'history.jsonl': text('1\n') };
    for (let operation = 0, isDone = false; !isDone; operation++) {
      const disk = before.killed().stopAt(operation);
      const { 'run.json': run, 'history.jsonl': log } = replacing;
      isDone = await writeTogether(
        storageOn(disk.files, FOLDER),
        { 'run.json': run },
        { replace: true, logs: { 'history.jsonl': log } },
      ).then(
        () => true,
        () => false,
      );
      for (const left of all(disk)) {
        const storage = storageOn(left.files, FOLDER);
        const names = await savedTogether(storage);
        if (names.includes('run.json')) expect((await readTogether(storage, ['run.json']))['run.json']).toEqual(run);
        else expect(await versionOf(storage)).toBe(2);
        expect(isDone && !names.includes('run.json')).toBe(false);
      }
      const stopped = storageOn(disk.killed().files, FOLDER);
      await completeSave(stopped);
      const isCommitted = (await savedTogether(stopped)).includes('run.json');
      expect(await stopped.exists('history.jsonl')).toBe(isCommitted);
      if (isDone) {
        const names = ['history.jsonl', 'manifest.json', 'run.json'].map((name) => `${FOLDER}/${name}`);
        expect(disk.names.filter((path) => path.startsWith(`${FOLDER}/`))).toEqual(names);
      }
    }
  });
});

describe('a save in which an operation fails', () => {
  test('leaves what was there before its commit, and no file of its own', async () => {
    const before = new Disk();
    await saved(before, 1);
    for (let operation = 0, isCommitted = false; !isCommitted; operation++) {
      const full = before.killed().failAt(operation, 'ENOSPC');
      const result = writeTogether(storageOn(full.files, FOLDER), version(2), options);
      await expect(result).rejects.toThrow(/: not written: the disk is full\./);
      isCommitted = full.operations[operation]?.startsWith(`rename ${FOLDER}/.manifest.json`) === true;
      expect(await versionOf(storageOn(full.files, FOLDER))).toBe(1);
      expect(full.names).toEqual(before.names);
    }
  });

  test('leaves the files before or after it, whichever operation it is, and the next save succeeds', async () => {
    const before = new Disk();
    await saved(before, 1);
    const whole = before.killed();
    await saved(whole, 2);
    for (let operation = 0; operation < whole.operations.length; operation++) {
      const failing = before.killed().failAt(operation, 'EIO');
      await expect(writeTogether(storageOn(failing.files, FOLDER), version(2), options)).rejects.toThrow(/EIO/);
      for (const left of all(failing)) expect([1, 2]).toContain(await versionOf(storageOn(left.files, FOLDER)));
      await saved(failing, 3);
      const { 'model.safetensors': weights } = await readTogether(storageOn(failing.files, FOLDER), [
        'model.safetensors',
      ]);
      expect(weights).toEqual(version(3)['model.safetensors']);
    }
  });
});

test('a save that keeps no previous file, stopped after its commit, leaves the one there is', async () => {
  const before = new Disk();
  for (const n of [1, 2]) await saved(before, n);
  for (let operation = 0, isDone = false; !isDone; operation++) {
    const disk = before.killed().stopAt(operation);
    isDone = await writeTogether(storageOn(disk.files, FOLDER), version(3)).then(
      () => true,
      () => false,
    );
    const left = disk.killed();
    await writeTogether(storageOn(left.files, FOLDER), { 'run.json': text('{}') });
    const found = await readTogether(storageOn(left.files, FOLDER), [PREVIOUS, 'training.safetensors']);
    expect(found[PREVIOUS]).toEqual(version(1)['training.safetensors']);
  }
});
