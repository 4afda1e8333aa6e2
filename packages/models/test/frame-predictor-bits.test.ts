import { gru } from '@elman/cells';
import { memoryStorage } from '@elman/checkpoint';
import { Rng, type Sequence, tree } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import { fill, mean, type Rank, scalar, slice, tensor1d, tensor2d, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { framePredictor, loadModel, saveModel } from '../src/index.ts';

const frames = Rng.seeded('bits').tensor([2, 6, 3], (r) => (r.uniform() < 0.4 ? 1 : 0)) as Sequence;
const inputs = slice(frames, [0, 0, 0], [2, 5, 3]) as Sequence;
const targets = slice(frames, [0, 1, 0], [2, 5, 3]) as Sequence;
const model = framePredictor(gru({ inputSize: 3, hiddenSize: 4 }), { distribution: 'bernoulli' });
const params = model.init(Rng.seeded(1));
const initial = () => model.initialState(2);

it('has the nats of a frame as its loss, summed over its bits', async () => {
  const mask = tensor2d([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], [2, 5]);
  const { loss, count } = model.loss(params, { inputs, targets, mask }, initial());
  const [odds, wanted] = await Promise.all([model.outputs(params, inputs).outputs.data(), targets.data()]);
  // Seven frames of three bits: those of the first row, and two of the second.
  let nats = 0;
  for (let i = 0; i < 7 * 3; i++) {
    const p = 1 / (1 + Math.exp(-(odds[i] as number)));
    nats -= Math.log(wanted[i] === 1 ? p : 1 - p);
  }
  await expectTreesClose(loss, scalar(nats / 7));
  expect(await count.data()).toEqual(new Float32Array([7]));
});

it('draws the bits that follow by their probabilities, from a seed', async () => {
  const still = tree.map(params, (leaf) => zerosLike(leaf));
  const kernel = zeros<Rank.R2>([4, 3]);
  const certain = { ...still, output: { kernel, bias: tensor1d([40, -40, 0]) } };
  const start = slice(frames, [0, 0, 0], [1, 2, 3]) as Sequence;
  const said = model.generate(certain, start, 400, { rng: Rng.seeded(2) });
  const shares = await mean(said, [0, 1]).data();
  expect([shares[0], shares[1]]).toEqual([1, 0]);
  // Within five standard deviations of 1/2.
  expect(Math.abs((shares[2] as number) - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 400));
  const drawn = (seed: number) => model.generate(params, inputs, 20, { rng: Rng.seeded(seed) }).data();
  expect(await drawn(3)).toEqual(await drawn(3));
  expect(await drawn(3)).not.toEqual(await drawn(4));
  const generated = () => tree.dispose(model.generate(params, inputs, 4, { rng: Rng.seeded(1) }));
  expect(countTensors(generated)).toBe(0);
});

it('is fed bits that it draws, with scheduled sampling', async () => {
  const { loss } = model.loss(params, { inputs, targets }, initial(), { sampling: 0.5, rng: Rng.seeded(1) });
  expect(Number.isFinite((await loss.data())[0])).toBe(true);
});

it('comes back from its files', async () => {
  const storage = memoryStorage();
  await saveModel(storage, { model, params });
  const loaded = await loadModel(storage, { kind: 'framePredictor' });
  const again = loaded.model.loss(loaded.params, { inputs, targets }, loaded.model.initialState(2));
  await expectTreesClose(again.loss, model.loss(params, { inputs, targets }, initial()).loss);
});

it('refuses what bits do not have', () => {
  const cell = gru({ inputSize: 3, hiddenSize: 4 });
  expect(() => framePredictor(cell, { distribution: 'poisson' as never })).toThrow(
    'framePredictor: distribution: expected gaussian or bernoulli, got poisson.',
  );
  expect(() => framePredictor(cell, { distribution: 'bernoulli', difference: true })).toThrow(
    'difference: expected none',
  );
  expect(() => model.generate(params, inputs, 2)).toThrow('rng: expected one, for bits are drawn');
  expect(() => model.readout(params, { inputs, targets }, initial())).toThrow('readout: expected frames of numbers');
  const twos = fill([2, 5, 3], 2) as Sequence;
  expect(() => model.loss(params, { inputs, targets: twos }, initial())).toThrow(/targets/);
});
