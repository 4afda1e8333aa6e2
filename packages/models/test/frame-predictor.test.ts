import { gru, lstm } from '@elman/cells';
import { memoryStorage } from '@elman/checkpoint';
import { Rng, type Sequence, tree } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import { concat, expandDims, mean, pad, slice, square, sub, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { framePredictor, loadModel, saveModel } from '../src/index.ts';

const frames = Rng.seeded('frames').tensor([2, 6, 3], (r) => r.normal()) as Sequence;
const part = (from: number, length: number): Sequence => slice(frames, [0, from, 0], [2, length, 3]);
const window = (from: number, length: number) => ({ inputs: part(from, length), targets: part(from + 1, length) });
const mask = tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 5]);

for (const difference of [false, true]) {
  describe(`framePredictor${difference ? ' of differences' : ''}`, () => {
    const model = framePredictor(lstm({ inputSize: 3, hiddenSize: 4 }), { difference });
    const params = model.init(Rng.seeded(1));
    const initial = () => model.initialState(2);

    it('has the mean squared error of the next frame as its loss, and the metric standstill', async () => {
      const { outputs } = model.outputs(params, part(0, 5));
      const { loss, count, metrics } = model.loss(params, window(0, 5), initial(), { metrics: true });
      await expectTreesClose(loss, mean(square(sub(outputs, part(1, 5)))));
      await expectTreesClose(metrics.standstill as never, mean(square(sub(part(0, 5), part(1, 5)))));
      expect(await count.data()).toEqual(new Float32Array([30]));
    });

    it('continues free-running as it does step by step', async () => {
      const said = model.generate(params, part(0, 3), 3);
      expect(said.shape).toEqual([2, 3, 3]);
      let sequence = part(0, 3);
      for (let i = 0; i < 3; i++) {
        const { outputs } = model.outputs(params, sequence);
        sequence = concat([sequence, slice(outputs, [0, 2 + i, 0], [2, 1, 3])], 1);
      }
      await expectTreesClose(said, slice(sequence, [0, 3, 0], [2, 3, 3]));
      const filled = pad(part(0, 3), [
        [0, 0],
        [0, 2],
        [0, 0],
      ]) as Sequence;
      const real = tensor2d([1, 1, 1, 0, 0, 1, 1, 1, 0, 0], [2, 5]);
      await expectTreesClose(model.generate(params, filled, 3, { mask: real }), said);
      const start = part(0, 3);
      expect(countTensors(() => tree.dispose(model.generate(params, start, 4)))).toBe(0);
    });

    it('carries its state from window to window', async () => {
      const { inputs, targets } = window(0, 5);
      const whole = model.loss(params, { inputs, targets }, initial());
      const first = model.loss(params, { ...window(0, 4), carry: 2 }, initial());
      const second = model.loss(params, { ...window(2, 3), counted: 2, fresh: false }, first.state);
      expect(await second.count.data()).toEqual(new Float32Array([6]));
      await expectTreesClose(second.state, whole.state);
      expect(model.startsFresh({ ...window(0, 5) })).toBe(true);
      expect(() => model.loss(params, { inputs, targets, counted: 5 }, initial())).toThrow(/counted: expected 0 to 4/);
    });

    it('has a loss independent of masked frames', async () => {
      const given = { ...window(0, 5), mask };
      const wild = { ...given, inputs: concat([part(0, 2), part(3, 3)], 1) as Sequence };
      const rows = (of: typeof given) => {
        const one = (x: Sequence) => slice(x, [1, 0, 0], [1, 5, 3]) as Sequence;
        return { inputs: one(of.inputs), targets: one(of.targets), mask: slice(mask, [1, 0], [1, 5]) };
      };
      for (const sampling of [0, 0.5]) {
        const options = { metrics: sampling === 0, sampling, rng: Rng.seeded(5) };
        const loss = (of: typeof given) => model.loss(params, rows(of), model.initialState(1), options);
        const [found, wanted] = [loss(wild), loss(given)];
        await expectTreesClose(found.loss, wanted.loss);
        await expectTreesClose(found.state, wanted.state);
      }
    });

    it('is fed its own predictions without a gradient through them, and leaks nothing', async () => {
      const state = initial();
      const options = { sampling: 1, rng: Rng.seeded(6) };
      const given = window(0, 4);
      let own = slice(given.inputs, [0, 0, 0], [2, 1, 3]) as Sequence;
      for (let t = 1; t < 4; t++) {
        const { outputs } = model.outputs(params, own);
        own = concat([own, slice(outputs, [0, t - 1, 0], [2, 1, 3])], 1);
      }
      await expectTreesClose(
        model.loss(params, given, state, options).loss,
        model.loss(params, { ...given, inputs: own }, state).loss,
      );
      expect(countTensors(() => tree.dispose(model.loss(params, given, state, options)))).toBe(0);
      expect(() => model.loss(params, given, state, { sampling: 1 })).toThrow(/sampling: expected `rng`/);
    });

    it('predicts the same after it is saved and loaded', async () => {
      const storage = memoryStorage();
      await saveModel(storage, { model, params });
      const loaded = await loadModel(storage, { kind: 'framePredictor' });
      expect(loaded.model.recipe).toEqual(model.recipe);
      await expectTreesClose(loaded.model.generate(loaded.params, frames, 2), model.generate(params, frames, 2));
    });
  });
}

it('refuses frames of another width', () => {
  const model = framePredictor(gru({ inputSize: 2, hiddenSize: 4 }));
  const params = model.init(Rng.seeded(1));
  expect(() => model.outputs(params, frames)).toThrow(/inputs: expected \[batch, time, frameSize=2\], got \[2, 6, 3\]/);
  expect(() => model.generate(params, frames, 1)).toThrow(/start: expected/);
  const fitting = slice(frames, [0, 0, 0], [2, 6, 2]) as Sequence;
  expect(() => model.generate(params, fitting, 0)).toThrow(/steps/);
  const targets = expandDims(slice(fitting, [0, 0, 0], [1, 6, 2]), 0);
  expect(() => model.loss(params, { inputs: fitting, targets: targets as never }, model.initialState(2))).toThrow(
    /targets: expected/,
  );
});
