import { lstm } from '@elman/cells';
import { OptionError, Rng, tree } from '@elman/core';
import { adding, alike, memorization, parity } from '@elman/tasks';
import { memory, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { taskModel } from '../src/index.ts';

it('ignores the padding of short rows', async () => {
  for (const task of [parity(), adding()]) {
    const model = taskModel(lstm({ inputSize: 2, hiddenSize: 3 }), task);
    const params = model.init(Rng.seeded(1));
    const ragged = task.sample(Rng.seeded(2), [{ length: 3 }, { length: 9 }]);
    const alone = task.sample(Rng.seeded(2), [{ length: 3 }]);
    const [together, short] = [model.outputs(params, ragged), model.outputs(params, alone)];
    const [found, wanted] = [await together.data(), await short.data()];
    wanted.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 5);
    });
    expect(ragged.inputMask?.shape).toEqual([2, 9]);
  }
});

it('leaks nothing, and refuses an incompatible cell or task', () => {
  const task = parity();
  expect(() => taskModel(lstm({ inputSize: 3, hiddenSize: 3 }), task)).toThrow(OptionError);
  const model = taskModel(lstm({ inputSize: 2, hiddenSize: 3 }), task);
  const params = model.init(Rng.seeded(1));
  const state = model.initialState(2);
  const batch = task.sample(Rng.seeded(2), alike(2, { length: 3 }));
  const before = memory().numTensors;
  tree.dispose(model.loss(params, batch, state, { metrics: true }));
  expect(memory().numTensors).toBe(before);
  expect(() => model.bind(params)).toThrow(/parity/);
});

it('names itself in what its decoder refuses', () => {
  const task = memorization();
  const model = taskModel(lstm({ inputSize: task.inputSize, hiddenSize: 3 }), task);
  const bound = model.bind(model.init(Rng.seeded(1)));
  expect(() => bound.next(bound.initialState(1), zeros([1, 1], 'int32') as never)).toThrow(
    /^taskModel: tokens: expected \[batch\]/,
  );
  bound.dispose();
});
