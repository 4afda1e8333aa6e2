import { memoryStorage, writeTogether } from '@elman/checkpoint';
import { CheckpointError, type Json } from '@elman/core';
import { expect, it } from 'vitest';
import { findRun } from '../src/run-folder.ts';
import { fromMetadata } from '../src/settings.ts';
import { resultOf } from '../src/tasks/result.ts';
import type { TaskSettings } from '../src/tasks/settings.ts';

const settings = { task: 'parity', seed: 1 } as unknown as TaskSettings;
const score = { loss: 0.7, accuracy: 0.5 };
const result = {
  settings,
  parameters: 98,
  seconds: 1.5,
  date: '2026-11-21',
  rule: 'accuracy at least 0.99',
  solved: false,
  score,
  baseline: score,
  byLength: [{ length: 2, ...score, baseline: score }],
  evaluations: [{ step: 6, loss: 0.7 }],
};
const ANEW = 'begin anew with --overwrite.';

/** The result of a folder with these files. */
async function read(run: unknown, done: unknown): Promise<unknown> {
  const storage = memoryStorage();
  const file = (value: unknown): Uint8Array =>
    new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
  await writeTogether(storage, { 'run.json': file(run), 'result.json': file(done) });
  const found = await findRun(storage, 'a', settings as unknown as Json);
  return resultOf(storage.locate('result.json'), found?.result as Json, settings);
}

it('the result of a run is read with what is relied on', async () => {
  expect(await read(settings, result)).toEqual(result);
});

it.each([
  ['null', 'expected an object, got null'],
  ['[]', 'expected an object, got an array'],
  [{}, 'settings: expected an object, got none'],
  [{ ...result, score: undefined }, 'score: expected an object, got none'],
  [{ ...result, evaluations: [null] }, 'evaluations.0: expected an object, got null'],
  [{ ...result, byLength: [{ length: 2 }] }, 'byLength.0.loss: expected a number, got none'],
  [{ ...result, settings: { task: 'copy' } }, 'settings: expected those of run.json beside it, got others'],
])('result.json that is %j is refused', async (done, problem) => {
  await expect(read(settings, done)).rejects.toThrow(new CheckpointError(`memory:result.json: ${problem}; ${ANEW}`));
});

it('run.json that is null, no JSON or of other settings is refused', async () => {
  await expect(read('null', result)).rejects.toThrow(`memory:run.json: expected an object, got null; ${ANEW}`);
  await expect(read('{', result)).rejects.toThrow(/^memory:run\.json: not JSON \(.*\); begin anew with --overwrite\.$/);
  await expect(read({ ...settings, seed: 2 }, result)).rejects.toThrow(
    'a: there is a run with another --seed (2, now 1)',
  );
});

it('settings in the metadata of a model are refused by the name of what is wrong', () => {
  expect(() => fromMetadata('a', {})).toThrow('a: the model there was not made by elman train; it cannot be resumed');
  expect(() => fromMetadata('a', { run: { texts: 'a.txt' } })).toThrow(
    'a: model.json: metadata.run: texts: expected a list, got "a.txt"; train anew with --overwrite',
  );
});
