import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderStorage } from '@elman/checkpoint/node';
import { loadTraining, type TrainingState } from '@elman/train';
import { scalar } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { prepareFolder, resumeFolder } from '../src/folder.ts';
import { History } from '../src/history.ts';

let work: string;
const at = (name: string): string => join(work, name);

/** A state whose one parameter, and its step, are this number. */
const state = (step: number): TrainingState => ({
  params: { x: scalar(step) },
  optimizerState: {},
  state: {},
  progress: { ...NONE, step },
});
const NONE = {
  seed: 1,
  batchSize: 1,
  firstLoss: null,
  evaluations: [],
  best: null,
  withoutImprovement: 0,
  plateau: null,
};
const model = { init: () => ({ x: scalar(0) }), initialState: () => ({}) };
const history = (path: string): History => {
  const made = History.begin(path);
  made.update({ step: 1, loss: 1, learningRate: 1, gradientNorm: 1, seconds: 1 });
  return made;
};

/** The step of the state in a folder, which is its parameter, too. */
async function stepIn(path: string): Promise<number> {
  const optimizer = { name: 'none', init: () => ({}), update: () => ({}) as never };
  const { params, progress } = await loadTraining(folderStorage(path), { model, optimizer });
  expect((await params.x.data())[0]).toBe(progress.step);
  return progress.step;
}

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'elman-folder-'));
});
afterEach(() => rmSync(work, { recursive: true }));

it('takes back the folders that it made, while they are empty', async () => {
  mkdirSync(at('a'));
  const folder = await prepareFolder(at('a/b/c'), false);
  expect(readdirSync(at('a/b/c'))).toEqual(['.lock']);
  await folder.close();
  expect(readdirSync(at('a'))).toEqual([]);
});

it('leaves folders that were there, and those that have something in them', async () => {
  mkdirSync(at('a'));
  await (await prepareFolder(at('a'), false)).close();
  expect(existsSync(at('a'))).toBe(true);
  const folder = await prepareFolder(at('b/c'), false);
  writeFileSync(at('b/c/model.json'), '');
  await folder.close();
  expect(readdirSync(at('b/c'))).toEqual(['model.json']);
});

it('with overwrite leaves the old files until the first new ones are there, then none of them', async () => {
  const before = await prepareFolder(at('run'), false);
  await before.save(state(1), { 'standard-input.txt': new Uint8Array(1) }, history(at('run')));
  await before.save(state(2), {}, history(at('run')));
  await before.close();
  await expect(prepareFolder(at('run'), false)).rejects.toThrow(
    /has a model already \(training\.safetensors\); choose/,
  );
  const folder = await prepareFolder(at('run'), true);
  expect(folder.isTaken).toBe(true);
  expect(await stepIn(at('run'))).toBe(2);
  await expect(folder.save(state(Number.NaN), {}, history(at('run')))).rejects.toThrow('not finite');
  expect(await stepIn(at('run'))).toBe(2);
  await folder.save(state(3), { 'model.json': new Uint8Array(1) }, history(at('run')));
  expect(await stepIn(at('run'))).toBe(3);
  expect(readdirSync(at('run')).sort()).toEqual([
    '.lock',
    'history.jsonl',
    'manifest.json',
    'model.json',
    'training.safetensors',
  ]);
  await folder.close();
  await expect(prepareFolder(at('run'), false, 'elman go-on')).rejects.toThrow(/; go on with elman go-on, choose/);
});

it('a first save that is not finished leaves nothing that a new run would have to replace', async () => {
  const folder = await prepareFolder(at('run'), false);
  await expect(folder.save(state(Number.NaN), {}, history(at('run')))).rejects.toThrow('not finite');
  expect(folder.isTaken).toBe(false);
  // What is left of a process that was killed before its first save was complete.
  writeFileSync(at('run/training.safetensors.next'), '');
  await folder.close();
  const again = await prepareFolder(at('run'), false);
  await again.save(state(1), {}, history(at('run')));
  expect(await stepIn(at('run'))).toBe(1);
  await again.close();
});

it('is kept to one process at a time', async () => {
  const folder = await prepareFolder(at('run'), false);
  await expect(prepareFolder(at('run'), false)).rejects.toThrow(`process ${process.pid} on`);
  await expect(resumeFolder(at('run'))).rejects.toThrow(`process ${process.pid} on`);
  await folder.close();
  expect(existsSync(at('run'))).toBe(false);
});

it.each(['file/run', 'file', '/dev/null/run', '/proc/self/run'])('refuses %s, and leaves nothing', async (path) => {
  writeFileSync(at('file'), '');
  await expect(prepareFolder(path.startsWith('/') ? path : at(path), false)).rejects.toThrow(
    /cannot be written \(.*\)/,
  );
  expect(readdirSync(work)).toEqual(['file']);
});
