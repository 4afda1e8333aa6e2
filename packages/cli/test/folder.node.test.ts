import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareFolder } from '../src/folder.ts';

let work: string;
const at = (name: string): string => join(work, name);

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'elman-folder-'));
});
afterEach(() => rmSync(work, { recursive: true }));

it('takes back the folders that it made, while they are empty', async () => {
  mkdirSync(at('a'));
  const folder = await prepareFolder(at('a/b/c'), false);
  expect(readdirSync(at('a/b/c'))).toEqual([]);
  await folder.takeBack();
  expect(readdirSync(at('a'))).toEqual([]);
});

it('leaves folders that were there, and those that have something in them', async () => {
  mkdirSync(at('a'));
  await (await prepareFolder(at('a'), false)).takeBack();
  expect(existsSync(at('a'))).toBe(true);
  const folder = await prepareFolder(at('b/c'), false);
  writeFileSync(at('b/c/model.json'), '');
  await folder.takeBack();
  expect(readdirSync(at('b/c'))).toEqual(['model.json']);
});

it('with overwrite leaves the old files until the first new ones', async () => {
  for (const name of ['model.json', 'training.safetensors', 'notes.txt']) writeFileSync(at(name), 'old');
  await expect(prepareFolder(work, false)).rejects.toThrow(/has a model already \(training\.safetensors\)/);
  const folder = await prepareFolder(work, true);
  expect(readdirSync(work)).toHaveLength(3);
  await folder.save(async () => {
    expect(readdirSync(work)).toEqual(['notes.txt']);
    writeFileSync(at('model.json'), 'new');
  });
  await folder.save(async () => expect(readdirSync(work)).toHaveLength(2));
});

it('keeps nothing of a first save that fails, and everything of one before a later that fails', async () => {
  const folder = await prepareFolder(at('run'), false);
  const failing = async (): Promise<void> => {
    writeFileSync(at('run/model.json'), '');
    throw new Error('full');
  };
  await expect(folder.save(failing)).rejects.toThrow('full');
  expect(readdirSync(at('run'))).toEqual([]);
  await folder.save(async () => writeFileSync(at('run/model.json'), ''));
  await expect(folder.save(failing)).rejects.toThrow('full');
  expect(readdirSync(at('run'))).toEqual(['model.json']);
});

it.each(['file/run', 'file', '/dev/null/run', '/proc/self/run'])('refuses %s, and leaves nothing', async (path) => {
  writeFileSync(at('file'), '');
  await expect(prepareFolder(path.startsWith('/') ? path : at(path), false)).rejects.toThrow(
    /cannot be written \(.*\)/,
  );
  expect(readdirSync(work)).toEqual(['file']);
});
