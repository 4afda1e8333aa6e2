/**
 * One step worked out by hand, with parameters for which the results are fractions:
 * σ(0) = 1/2, σ(ln 3) = 3/4, σ(−ln 3) = 1/4; tanh(ln 2) = 3/5, tanh(ln 3) = 4/5, tanh(3 ln 3) = 364/365; and what is said of the
 * equations.
 */
import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  diag,
  fill,
  matMul,
  ones,
  reshape,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import {
  lstm,
  multiplicativeIntegrationGru,
  multiplicativeIntegrationLstm,
  multiplicativeIntegrationRnn,
  multiplicativeLstm,
  multiplicativeRnn,
  resetBeforeGru,
  simpleRnn,
} from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]): Tensor2D => tensor2d([values]);
const sizes = { inputSize: 3, hiddenSize: 4 };
const rng = Rng.seeded(1);
const draw = (name: string, shape: number[]) => rng.fork(name).tensor(shape, (r) => r.normal());

/** Random parameters of a cell, not its initial ones. */
const drawn = <P extends Tree, S extends Tree>(cell: Cell<P, S>): P =>
  tree.map(cell.init(rng), (leaf, path) => draw(path, leaf.shape));

/** The results of a step, if the output is the leaf h of the state. */
const step = (h: Tensor2D, rest: { [name: string]: Tensor2D } = {}): Tree => ({ output: h, state: { h, ...rest } });

it('multiplicativeIntegrationRnn: tanh(α∘wx∘uh + β₁∘uh + β₂∘wx + b)', async () => {
  // wx = (2, 4), uh = (ln 2, ln 3): (2 ln 2 − ln 2, 2 ln 3 + ln 3 + 1 − 1) = (ln 2, 3 ln 3)
  const params = {
    kernel: row(1, 2),
    recurrentKernel: tensor2d([
      [0, ln3],
      [ln2, 0],
    ]),
    bias: tensor1d([0, -1]),
    productGain: tensor1d([1, 1 / 2]),
    recurrentGain: tensor1d([-1, 1]),
    inputGain: tensor1d([0, 1 / 4]),
  };
  const found = multiplicativeIntegrationRnn({ inputSize: 1, hiddenSize: 2 }).step(params, { h: row(1, 1) }, row(2));
  await expectTreesClose(found, step(row(3 / 5, 364 / 365)));
});

it('multiplicativeIntegrationLstm: gates i, f, g, o, each with gains of its own', async () => {
  // wx = (1, 2, 3, 4), uh = (ln 3, ln 3, ln 2, ln 3): i = −ln 3, f = ln 3, g = ln 2, o = 0; c' = 3/4 + 1/4·3/5
  const params = {
    kernel: row(1, 2, 3, 4),
    recurrentKernel: row(ln3, ln3, ln2, ln3),
    bias: tensor1d([0, 0, -3, 0]),
    productGain: tensor1d([1, 1 / 2, 0, 1 / 4]),
    recurrentGain: tensor1d([-2, 0, 1, -1]),
    inputGain: tensor1d([0, 0, 1, 0]),
  };
  const cell = multiplicativeIntegrationLstm({ inputSize: 1, hiddenSize: 1 });
  const found = cell.step(params, { h: row(1), c: row(1) }, row(1));
  await expectTreesClose(found, step(row(Math.tanh(0.9) / 2), { c: row(0.9) }));
});

it('multiplicativeIntegrationGru: the reset gate is applied to h before the product, which is integrated', async () => {
  // z = 3/4 and r = (3/4, 1/4) by their biases; (r∘h)·Un = (1/4·4 ln 2, 3/4·4 ln 3) = (ln 2, 3 ln 3), wx = (1, 1):
  // n = tanh(2 ln 2 − ln 2 + 1 − 1, ln 3 + 1 − 1) = (3/5, 4/5)
  const params = {
    kernel: row(0, 0, 0, 0, 1, 1),
    recurrentKernel: tensor2d([
      [0, 0, 0, 0, 0, 4 * ln3],
      [0, 0, 0, 0, 4 * ln2, 0],
    ]),
    bias: tensor1d([ln3, ln3, ln3, -ln3, -1, -1]),
    productGain: tensor1d([0, 0, 0, 0, 2, 1 / 3]),
    recurrentGain: tensor1d([0, 0, 0, 0, -1, 0]),
    inputGain: tensor1d([0, 0, 0, 0, 1, 1]),
  };
  const found = multiplicativeIntegrationGru({ inputSize: 1, hiddenSize: 2 }).step(params, { h: row(1, 1) }, row(1));
  await expectTreesClose(found, step(row(0.15 + 0.75, 0.2 + 0.75)));
});

it('multiplicativeRnn: tanh(x·kernel + f·recurrentKernel + bias), f = (x·inputFactors)∘(h·recurrentFactors)', async () => {
  // f = (2, 1)∘(ln 2, ln 3): 1 + 2 ln 2 − ln 3 + (ln 3 − ln 2 − 1) = ln 2
  const params = {
    kernel: row(1 / 2),
    recurrentKernel: tensor2d([[1], [-1]]),
    bias: tensor1d([ln3 - ln2 - 1]),
    inputFactors: row(1, 1 / 2),
    recurrentFactors: row(ln2, ln3),
  };
  const found = multiplicativeRnn({ inputSize: 1, hiddenSize: 1, factors: 2 }).step(params, { h: row(1) }, row(2));
  await expectTreesClose(found, step(row(3 / 5)));
});

it('multiplicativeLstm: all gates read m = (x·inputFactors)∘(h·recurrentFactors)', async () => {
  // m = ln 3: i = −ln 3, f = ln 3, g = ln 2, o = 0; c' = 3/4 + 1/4·3/5
  const params = {
    kernel: row(0, 0, ln2 / 2, 0),
    recurrentKernel: row(-1, 1, 0, 0),
    bias: tensor1d([0, 0, 0, 0]),
    inputFactors: row(1 / 2),
    recurrentFactors: row(ln3),
  };
  const found = multiplicativeLstm({ inputSize: 1, hiddenSize: 1 }).step(params, { h: row(1), c: row(1) }, row(2));
  await expectTreesClose(found, step(row(Math.tanh(0.9) / 2), { c: row(0.9) }));
});

it('multiplicative integration with α = 0 and β₁ = β₂ = 1 is the plain cell', async () => {
  const inputs = draw('inputs', [2, 5, 3]) as Sequence;
  const additive = (width: number) => ({
    productGain: zeros([width]) as Tensor1D,
    recurrentGain: ones([width]) as Tensor1D,
    inputGain: ones([width]) as Tensor1D,
  });
  const same = { relative: 1e-6, absolute: 0 };

  const ofRnn = drawn(simpleRnn(sizes));
  const rnn = unroll(multiplicativeIntegrationRnn(sizes), { ...ofRnn, ...additive(4) }, inputs);
  await expectTreesClose(rnn, unroll(simpleRnn(sizes), ofRnn, inputs), { ...same, where: 'rnn' });

  const ofLstm = drawn(lstm(sizes));
  const long = unroll(multiplicativeIntegrationLstm(sizes), { ...ofLstm, ...additive(16) }, inputs);
  await expectTreesClose(long, unroll(lstm(sizes), ofLstm, inputs), { ...same, where: 'lstm' });

  const ofGru = drawn(resetBeforeGru(sizes));
  const gated = unroll(multiplicativeIntegrationGru(sizes), { ...ofGru, ...additive(12) }, inputs);
  await expectTreesClose(gated, unroll(resetBeforeGru(sizes), ofGru, inputs), { ...same, where: 'gru' });
});

it('for a given input, factored weights are a recurrent kernel of its own', async () => {
  // The same input in all frames: recurrentFactors·diag(x·inputFactors)·recurrentKernel
  const x = draw('x', [1, 3]) as Tensor2D;
  const inputs = reshape(matMul(ones([5, 1]), x), [1, 5, 3]) as Sequence;
  const options = { ...sizes, factors: 5 };
  const chosen = (params: {
    inputFactors: Tensor2D;
    recurrentFactors: Tensor2D;
    recurrentKernel: Tensor2D;
  }): Tensor2D => {
    const scales = diag(reshape(matMul(x, params.inputFactors), [-1])) as Tensor2D;
    return matMul(matMul(params.recurrentFactors, scales), params.recurrentKernel);
  };
  const ofRnn = drawn(multiplicativeRnn(options));
  const plain = { kernel: ofRnn.kernel, bias: ofRnn.bias, recurrentKernel: chosen(ofRnn) };
  const rnn = unroll(multiplicativeRnn(options), ofRnn, inputs);
  await expectTreesClose(rnn, unroll(simpleRnn(sizes), plain, inputs), { where: 'rnn' });

  const ofLstm = drawn(multiplicativeLstm(options));
  const plainLstm = { kernel: ofLstm.kernel, bias: ofLstm.bias, recurrentKernel: chosen(ofLstm) };
  const long = unroll(multiplicativeLstm(options), ofLstm, inputs);
  await expectTreesClose(long, unroll(lstm(sizes), plainLstm, inputs), { where: 'lstm' });
});

it('one unit that multiplies input and state solves parity, which simpleRnn needs two for', async () => {
  // h = ±1 is kept by x = 1 and flipped by x = −1: h' = tanh(100·x·h)
  const cell = { inputSize: 1, hiddenSize: 1 };
  const state = { h: row(1) };
  const values = Array.from({ length: 40 }, () => 1 - 2 * rng.integer(2));
  const inputs = tensor3d(values, [1, values.length, 1]);
  let parity = 1;
  const wanted = values.map((x) => {
    parity *= x;
    return parity;
  });
  const nothing = { bias: tensor1d([0]), recurrentGain: tensor1d([0]), inputGain: tensor1d([0]) };
  const integrated = { ...nothing, kernel: row(1), recurrentKernel: row(1), productGain: tensor1d([100]) };
  const found = unroll(multiplicativeIntegrationRnn(cell), integrated, inputs, { state });
  expect([...(await found.outputs.data())]).toEqual(wanted);

  const one = { kernel: row(0), bias: tensor1d([0]), inputFactors: row(1), recurrentFactors: row(1) };
  const factored = unroll(multiplicativeRnn(cell), { ...one, recurrentKernel: row(100) }, inputs, { state });
  expect([...(await factored.outputs.data())]).toEqual(wanted);
});

it('initial gains are α = 1 and β₁ = β₂ = 1/2, and the forget gate is open', async () => {
  const params = multiplicativeIntegrationLstm({ inputSize: 1, hiddenSize: 1 }).init(rng);
  const { productGain, recurrentGain, inputGain, bias } = params;
  const half = fill([4], 0.5);
  await expectTreesClose(
    { productGain, recurrentGain, inputGain, bias },
    { productGain: ones([4]), recurrentGain: half, inputGain: half, bias: tensor1d([0, 1, 0, 0]) },
    { relative: 0, absolute: 0 },
  );
});

it('the size of initial factors is that of h for inputs of mean square 1', async () => {
  const options = { inputSize: 50, hiddenSize: 60, factors: 70 };
  const { inputFactors, recurrentFactors } = multiplicativeRnn(options).init(rng);
  const variance = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(variance(await inputFactors.data()) * 50).toBeCloseTo(1, 1);
  expect(variance(await recurrentFactors.data()) * 60).toBeCloseTo(1, 1);
});

it('invalid options are refused in one line', () => {
  expect(() => multiplicativeRnn({ ...sizes, factors: 0 })).toThrow(
    'multiplicativeRnn: factors: expected a positive whole number, got 0.',
  );
});
