import { Rng, type Sequence, type Tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { deepTransitionRnn, recurrentHighway, simpleRnn } from '../../src/index.ts';

const sizes = { inputSize: 2, hiddenSize: 3 };
const one = { inputSize: 1, hiddenSize: 1 };
const rng = Rng.seeded(1);
const row = (...values: number[]) => tensor2d([values]);

it('recurrentHighway: each layer transforms what it gates, and carries the rest', async () => {
  // σ(ln 3) = 3/4, σ(−ln 3) = 1/4; tanh(ln 2) = 3/5, tanh(ln 3) = 4/5
  const layer = (n: number, t: number) => ({ recurrentKernel: row(0, 0), bias: tensor1d([n, t]) });
  const params = {
    kernel: row(Math.LN2, 0),
    layers: [layer(0, Math.log(3)), layer(Math.log(3), -Math.log(3))],
  };
  // x = 1, s = 1: 3/4·3/5 + 1/4·1 = 0.7, then 1/4·4/5 + 3/4·0.7 = 0.725
  const found = recurrentHighway({ ...one, depth: 2 }).step(params, { s: row(1) }, row(1));
  await expectTreesClose(found as Tree, { output: row(0.725), state: { s: row(0.725) } });
});

it('recurrentHighway: with closed gates the state is carried through any depth', async () => {
  const cell = recurrentHighway({ ...sizes, depth: 5, transformBias: -100 });
  const inputs = rng.tensor([2, 6, 2], (r) => r.normal()) as Sequence;
  const start = { s: rng.tensor([2, 3], (r) => r.normal()) as ReturnType<typeof row> };
  await expectTreesClose(unroll(cell, cell.init(rng), inputs, { state: start }).state, start);
});

it('deepTransitionRnn: layers by hand, and a shortcut past those in between', async () => {
  const zero = zeros([1, 1]) as ReturnType<typeof row>;
  const params = {
    kernel: row(Math.LN2),
    recurrentKernel: zero,
    bias: tensor1d([0]),
    inputLayers: [],
    transitionLayers: [{ kernel: row((5 / 3) * Math.log(3)), bias: tensor1d([0]) }],
    outputLayers: [],
  };
  // a = tanh(ln 2) = 3/5; h' = tanh(3/5·5/3·ln 3) = 4/5, and with h = 1 past it tanh(2 ln 3) = 40/41
  const plain = deepTransitionRnn(one).step(params, { h: row(1) }, row(1));
  await expectTreesClose(plain as Tree, { output: row(4 / 5), state: { h: row(4 / 5) } });
  const past = { ...params, shortcutKernel: row(Math.log(3)) };
  const found = deepTransitionRnn({ ...one, shortcut: true }).step(past, { h: row(1) }, row(1));
  await expectTreesClose(found as Tree, { output: row(40 / 41), state: { h: row(40 / 41) } });
});

it('deepTransitionRnn of depth 1 is simpleRnn', async () => {
  const params = simpleRnn(sizes).init(rng);
  const inputs = rng.tensor([2, 4, 2], (r) => r.normal()) as Sequence;
  const none = { inputLayers: [], transitionLayers: [], outputLayers: [] };
  const found = unroll(deepTransitionRnn({ ...sizes, transitionDepth: 1 }), { ...params, ...none }, inputs);
  await expectTreesClose({ ...found }, { ...unroll(simpleRnn(sizes), params, inputs) });
});

it('invalid options are refused in one line', () => {
  expect(() => recurrentHighway({ ...one, depth: 0 })).toThrow(
    'recurrentHighway: depth: expected a positive whole number, got 0.',
  );
  expect(() => deepTransitionRnn({ ...one, outputDepth: -1 })).toThrow(
    'deepTransitionRnn: outputDepth: expected a whole number from 0, got -1.',
  );
  expect(() => deepTransitionRnn({ ...one, transitionDepth: 1, shortcut: true })).toThrow(
    'deepTransitionRnn: shortcut: expected a transitionDepth from 2, got 1; there is nothing to go past.',
  );
});
