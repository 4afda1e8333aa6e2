import { encodeSafetensors, memoryStorage, readTogether, writeTogether } from '@elman/checkpoint';
import { CheckpointError } from '@elman/core';
import { adam, sgd } from '@elman/optim';
import { memory, scalar, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeTraining, loadTraining, type Progress, saveTraining, train } from '../src/index.ts';
import { batches, toy } from './toy.ts';

const optimizer = adam({ learningRate: 0.1 });
const FILE = 'training.safetensors';

async function saved() {
  const storage = memoryStorage();
  const { state } = await train({ model: toy, batches: batches(1), optimizer, updates: 2, seed: 'x' });
  await saveTraining(storage, state);
  disposeTraining(state);
  return storage;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(CheckpointError.isInstance(error)).toBe(true);
  const { message } = error as Error;
  expect(message).not.toContain('\n');
  return message;
}

describe('saveTraining', () => {
  it('names the expected argument if given a complete result or a promise', async () => {
    const storage = memoryStorage();
    const result = train({ model: toy, batches: batches(1), optimizer, updates: 1, seed: 1 });
    await expect(saveTraining(storage, result as never)).rejects.toThrow(
      'saveTraining: got a promise: wait for it with await.',
    );
    await expect(saveTraining(storage, (await result) as never)).rejects.toThrow(
      'saveTraining: expected a training state: the argument of `save`, or the `state` of a result of train.',
    );
    disposeTraining((await result).state);
  });
});

it('saveTraining refuses numbers that loadTraining would refuse, and the state before it stays', async () => {
  const storage = await saved();
  const loaded = await loadTraining(storage, { model: toy, optimizer });
  const params = { ...loaded.params, a: scalar(Number.NaN) };
  expect(await refusal(saveTraining(storage, { ...loaded, params }))).toMatch(
    /^saveTraining: params\.a: not finite: NaN/,
  );
  expect((await loadTraining(storage, { model: toy, optimizer })).progress.step).toBe(2);
});

describe('loadTraining', () => {
  const evaluation = { step: 1, loss: 0.5 };
  it.each([
    [{ best: undefined }, 'best: expected an object, got none'],
    [{ best: { step: 1, loss: null } }, 'best.loss: expected a number, got null'],
    [{ evaluations: [evaluation, {}] }, 'evaluations.1.step: expected a whole number from 0, got none'],
    [{ evaluations: [{ ...evaluation, level: [] }] }, 'evaluations.0.level: expected an object, got an array'],
    [{ seed: null }, 'seed: expected a number or a text, got null'],
    [{ batchSize: 0 }, 'batchSize: expected a positive whole number, got 0'],
    [{ batchesPerEpoch: '3' }, 'batchesPerEpoch: expected a positive whole number, got "3"'],
    [{ withoutImprovement: undefined }, 'withoutImprovement: expected a whole number from 0, got none'],
    [{ plateau: { scale: 1, best: null } }, 'plateau.waited: expected a whole number from 0, got none'],
    [{ curriculum: 'naive' }, 'curriculum: expected an object, got "naive"'],
  ])('refuses the progress %j', async (change, problem) => {
    const storage = await saved();
    const state = await loadTraining(storage, { model: toy, optimizer });
    await saveTraining(storage, { ...state, progress: { ...state.progress, ...change } as unknown as Progress });
    disposeTraining(state);
    const { numTensors } = memory();
    expect(await refusal(loadTraining(storage, { model: toy, optimizer }))).toBe(
      `memory:${FILE}: progress: ${problem}; use an earlier checkpoint.`,
    );
    expect(memory().numTensors).toBe(numTensors);
  });

  it('names the file when it is missing, truncated or of another kind', async () => {
    const like = { model: toy, optimizer };
    expect(await refusal(loadTraining(memoryStorage(), like))).toContain(FILE);
    const storage = await saved();
    const put = (bytes: Uint8Array) => writeTogether(storage, { [FILE]: bytes });
    const bytes = await storage.read(FILE);
    await put(bytes.slice(0, -5));
    expect(await refusal(loadTraining(storage, like))).toContain(`${FILE}: truncated`);
    const summed = { checksum: true };
    await put(await encodeSafetensors({ x: scalar(1) }));
    expect(await refusal(loadTraining(storage, like))).toContain('damaged: it has no checksum');
    await put(await encodeSafetensors({ x: scalar(1) }, {}, summed));
    expect(await refusal(loadTraining(storage, like))).toContain('expected a training state');
    await put(await encodeSafetensors({}, { format: 'elman-training', version: '9' }, summed));
    expect(await refusal(loadTraining(storage, like))).toContain('expected version 1, got 9');
    await put(await encodeSafetensors({}, { format: 'elman-training', version: '1', progress: '{"seed":1}' }, summed));
    expect(await refusal(loadTraining(storage, like))).toContain(
      'progress: step: expected a whole number from 0, got none',
    );
  });

  it('refuses a file in which a bit has changed, whichever it is', async () => {
    const storage = await saved();
    for (const name of ['manifest.json', FILE]) {
      const whole = await storage.read(name);
      for (let bit = 0; bit < 8 * whole.length; bit++) {
        const bytes = whole.slice();
        bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
        await storage.write(name, bytes);
        expect(await refusal(loadTraining(storage, { model: toy, optimizer })), `bit ${bit}`).toContain(`${name}: `);
      }
      await storage.write(name, whole);
    }
  });

  it('loads the state before the last one, which stays when that is damaged', async () => {
    const storage = memoryStorage();
    const like = { model: toy, optimizer };
    const { state } = await train({
      model: toy,
      batches: batches(1),
      optimizer,
      updates: 3,
      seed: 'x',
      saveEvery: 1,
      save: (state) => saveTraining(storage, state, { beside: { 'note.txt': new TextEncoder().encode('beside') } }),
    });
    disposeTraining(state);
    const stepOf = async (previous: boolean) => {
      const loaded = await loadTraining(storage, { ...like, previous });
      disposeTraining(loaded);
      return loaded.progress.step;
    };
    expect([await stepOf(false), await stepOf(true)]).toEqual([3, 2]);
    expect((await readTogether(storage, ['note.txt']))['note.txt']).toEqual(new TextEncoder().encode('beside'));
    await storage.write(FILE, new Uint8Array(8));
    expect(await refusal(stepOf(false))).toContain(`${FILE}: damaged, or of another save`);
    expect(await stepOf(true)).toBe(2);
  });

  it('names the tensor when the file belongs to another model or optimizer', async () => {
    const storage = await saved();
    const wider = { ...toy, init: () => ({ a: tensor1d([1, 2]), b: scalar(1) }) };
    expect(await refusal(loadTraining(storage, { model: wider, optimizer }))).toMatch(
      /training\.safetensors: .*\ba: expected float32 \[2\]/,
    );
    expect(await refusal(loadTraining(storage, { model: toy, optimizer: sgd({ learningRate: 1 }) }))).toContain(
      'optimizerState',
    );
  });
});
