/**
 * One step worked out by hand, with parameters for which the results are fractions:
 * σ(0) = 1/2, σ(ln 3) = 3/4, σ(−ln 3) = 1/4; tanh(ln 2) = 3/5, tanh(ln 3) = 4/5, tanh(3 ln 2) = 63/65, tanh(3 ln 3) = 364/365.
 */
import type { Tree } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gru, jordan, lstm, peepholeLstm, resetBeforeGru, simpleRnn } from '../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);
const nothing = zeros([1, 1]) as ReturnType<typeof row>;

/** The results of a step, if the output is the named leaf of the state. */
const both = (name: string, output: Tree, rest: { [name: string]: Tree } = {}): Tree => ({
  output,
  state: { [name]: output, ...rest },
});

it('simpleRnn: f(x·kernel + h·recurrentKernel + bias)', async () => {
  const sizes = { inputSize: 1, hiddenSize: 2 };
  const params = {
    kernel: row(ln2, -2),
    recurrentKernel: tensor2d([
      [0, ln3],
      [ln2, 0],
    ]),
    bias: tensor1d([-3 * ln2, 1]),
  };
  // x = 2, h = (2, 1): (2 ln 2 + ln 2 − 3 ln 2, −4 + 2 ln 3 + 1) = (0, 2 ln 3 − 3)
  const last = 2 * ln3 - 3;
  const state = { h: row(2, 1) };
  const wanted = { tanh: [0, Math.tanh(last)], relu: [0, 0], sigmoid: [1 / 2, 1 / (1 + Math.exp(-last))] };
  for (const activation of ['tanh', 'relu', 'sigmoid'] as const) {
    const found = simpleRnn({ ...sizes, activation }).step(params, state, row(2));
    await expectTreesClose(found as Tree, both('h', row(...wanted[activation])), { where: activation });
  }
});

it('jordan: the hidden layer depends on the previous output, and the state is the output', async () => {
  const params = {
    kernel: row(ln2, 0),
    recurrentKernel: row(0, ln3),
    bias: tensor1d([0, 0]),
    outputKernel: tensor2d([[1], [-1]]),
    outputBias: tensor1d([ln3 + 1 / 5]),
  };
  // x = 1, y = 1: h = (3/5, 4/5), and h·outputKernel + outputBias = −1/5 + 1/5 + ln 3
  const sizes = { inputSize: 1, hiddenSize: 2, outputSize: 1 };
  const state = { y: row(1) };
  await expectTreesClose(jordan(sizes).step(params, state, row(1)) as Tree, both('y', row(ln3)));
  const squashed = jordan({ ...sizes, outputActivation: 'sigmoid' }).step(params, state, row(1));
  await expectTreesClose(squashed as Tree, both('y', row(3 / 4)));
});

it('lstm: gates i, f, g, o', async () => {
  const params = {
    kernel: zeros([1, 4]) as typeof nothing,
    recurrentKernel: zeros([1, 4]) as typeof nothing,
    bias: tensor1d([-ln3, ln3, ln2, 0]),
  };
  // c' = 3/4·1 + 1/4·3/5 = 0.9
  const found = lstm({ inputSize: 1, hiddenSize: 1 }).step(params, { h: row(1), c: row(1) }, nothing);
  await expectTreesClose(found as Tree, both('h', row(Math.tanh(0.9) / 2), { c: row(0.9) }));
});

it('peepholeLstm: i and f depend on the memory before the step, o on the memory after it, each unit on its own', async () => {
  const params = {
    kernel: zeros([1, 8]) as typeof nothing,
    recurrentKernel: zeros([2, 8]) as typeof nothing,
    bias: tensor1d([0, 0, 0, 0, ln2, ln2, 0, 0]),
    peepholes: { i: tensor1d([-ln3, 0]), f: tensor1d([ln3, 0]), o: tensor1d([ln3 / 0.9, 0]) },
  };
  // unit 1: i = 1/4, f = 3/4: c' = 3/4·1 + 1/4·3/5 = 0.9; o = σ(0.9·ln 3/0.9) = 3/4
  // unit 2: i = f = o = 1/2:  c' = 1/2·1 + 1/2·3/5 = 0.8
  const state = { h: row(1, 1), c: row(1, 1) };
  const found = peepholeLstm({ inputSize: 1, hiddenSize: 2 }).step(params, state, nothing);
  const h = row((3 / 4) * Math.tanh(0.9), (1 / 2) * Math.tanh(0.8));
  await expectTreesClose(found as Tree, both('h', h, { c: row(0.9, 0.8) }));
});

/** z = 3/4 and r = (3/4, 1/4) by their biases; the recurrent kernel of n crosses the two units. */
const crossed = {
  kernel: zeros([1, 6]) as typeof nothing,
  recurrentKernel: tensor2d([
    [0, 0, 0, 0, 0, 4 * ln3],
    [0, 0, 0, 0, 4 * ln2, 0],
  ]),
  bias: tensor1d([ln3, ln3, ln3, -ln3, 0, 0]),
};

it('resetBeforeGru: the reset gate is applied to h before the product', async () => {
  // (r∘h)·Un = (1/4·4 ln 2, 3/4·4 ln 3) = (ln 2, 3 ln 3); h' = 1/4·n + 3/4·h
  const found = resetBeforeGru({ inputSize: 1, hiddenSize: 2 }).step(crossed, { h: row(1, 1) }, nothing);
  await expectTreesClose(found as Tree, both('h', row(0.15 + 0.75, 91 / 365 + 0.75)));
});

it('gru: the reset gate is applied after the product', async () => {
  // r∘(h·Un) = (3/4·4 ln 2, 1/4·4 ln 3) = (3 ln 2, ln 3); h' = 1/4·n + 3/4·h
  const params = { ...crossed, recurrentBias: tensor1d([0, 0]) };
  const found = gru({ inputSize: 1, hiddenSize: 2 }).step(params, { h: row(1, 1) }, nothing);
  await expectTreesClose(found as Tree, both('h', row(63 / 260 + 0.75, 0.2 + 0.75)));
});

it('gru: the recurrent bias is multiplied by the reset gate', async () => {
  // h = 0: n = tanh(r∘recurrentBias) = tanh(3/4·4 ln 2, 1/4·4 ln 3) = (63/65, 4/5); h' = 1/4·n
  const params = { ...crossed, recurrentBias: tensor1d([4 * ln2, 4 * ln3]) };
  const found = gru({ inputSize: 1, hiddenSize: 2 }).step(params, { h: row(0, 0) }, nothing);
  await expectTreesClose(found as Tree, both('h', row(63 / 260, 0.2)));
});

it('invalid options are refused in one line', () => {
  expect(() => lstm({ inputSize: 0, hiddenSize: 1 })).toThrow(
    'lstm: inputSize: expected a positive whole number, got 0.',
  );
  expect(() => simpleRnn({ inputSize: 1, hiddenSize: 1, activation: 'softmax' as never })).toThrow(
    'simpleRnn: activation: expected tanh, relu or sigmoid, got softmax.',
  );
  expect(() => jordan({ inputSize: 1, hiddenSize: 1, outputActivation: 'softmax' as never })).toThrow(
    'jordan: outputActivation: expected linear, tanh, relu or sigmoid, got softmax.',
  );
});
