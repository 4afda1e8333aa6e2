import { encodeSafetensors, memoryStorage } from '@elman/checkpoint';
import { CheckpointError } from '@elman/core';
import { adam, sgd } from '@elman/optim';
import { scalar, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disposeTraining, loadTraining, saveTraining, train } from '../src/index.ts';
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

describe('loadTraining', () => {
  it('names the file when it is missing, truncated or of another kind', async () => {
    const like = { model: toy, optimizer };
    expect(await refusal(loadTraining(memoryStorage(), like))).toContain(FILE);
    const storage = await saved();
    const bytes = await storage.read(FILE);
    await storage.write(FILE, bytes.slice(0, -5));
    expect(await refusal(loadTraining(storage, like))).toContain(FILE);
    await storage.write(FILE, await encodeSafetensors({ x: scalar(1) }));
    expect(await refusal(loadTraining(storage, like))).toContain('expected a training state');
    await storage.write(FILE, await encodeSafetensors({}, { format: 'elman-training', version: '9' }));
    expect(await refusal(loadTraining(storage, like))).toContain('expected version 1, got 9');
    await storage.write(
      FILE,
      await encodeSafetensors({}, { format: 'elman-training', version: '1', progress: '{"seed":1}' }),
    );
    expect(await refusal(loadTraining(storage, like))).toContain('progress: step is missing or damaged');
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
