import { simpleRnn } from '@elman/cells';
import { memoryStorage, type Storage } from '@elman/checkpoint';
import { tree } from '@elman/core';
import { tokenStream } from '@elman/data';
import { sgd } from '@elman/optim';
import { disposeTraining, loadTraining, saveTraining, type TrainingState, train } from '@elman/train';
import { expect, it } from 'vitest';
import { languageModel, loadModel, modelFiles } from '../src/index.ts';
import { numbers } from './support.ts';

const model = languageModel(simpleRnn({ inputSize: 2, hiddenSize: 2 }), { vocabSize: 3 });
const optimizer = sgd({ learningRate: 0.1 });

/** A storage that stops before its operation of this number: everything fails from then on. */
function stopping(storage: Storage, at: number): Storage {
  let count = 0;
  const before = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (count++ >= at) throw new Error('stopped');
    return operation();
  };
  return {
    ...storage,
    write: (name, bytes) => before(() => storage.write(name, bytes)),
    rename: (name, to) => before(() => storage.rename(name, to)),
    remove: (name) => before(() => storage.remove(name)),
  };
}

async function copyOf(storage: Storage, names: readonly string[]): Promise<Storage> {
  const copy = memoryStorage();
  for (const name of names) if (await storage.exists(name)) await copy.write(name, await storage.read(name));
  return copy;
}

it('a save of a run that is stopped at any operation leaves the model and the state of one save', async () => {
  const ids = Int32Array.from({ length: 40 }, (_, i) => i % 3);
  const states: TrainingState[] = [];
  const { state } = await train({
    model,
    batches: tokenStream(ids, { batchSize: 2, windowLength: 4 }),
    optimizer,
    updates: 2,
    seed: 1,
    saveEvery: 1,
    save({ params, optimizerState, state, progress }) {
      states.push({ ...tree.clone({ params, optimizerState, state }), progress });
    },
  });
  disposeTraining(state);
  expect(states).toHaveLength(2);
  const save = async (storage: Storage, state: TrainingState): Promise<void> =>
    saveTraining(storage, state, { beside: await modelFiles({ model, params: state.params as never }) });
  const first = memoryStorage();
  await save(first, states[0] as TrainingState);
  const names = ['manifest.json', 'model.json', 'model.safetensors', 'training.safetensors'];
  for (let at = 0, isDone = false; !isDone; at++) {
    const storage = await copyOf(first, names);
    isDone = await save(stopping(storage, at), states[1] as TrainingState).then(
      () => true,
      () => false,
    );
    const [loaded, training] = [await loadModel(storage), await loadTraining(storage, { model, optimizer })];
    const step = training.progress.step;
    expect(isDone ? [2] : [1, 2]).toContain(step);
    const wanted = await numbers((states[step - 1] as TrainingState).params);
    expect(await numbers(loaded.params)).toEqual(wanted);
    expect(await numbers(training.params)).toEqual(wanted);
    tree.dispose(loaded.params);
    disposeTraining(training);
  }
});
