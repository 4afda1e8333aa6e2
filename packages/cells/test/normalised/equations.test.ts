/**
 * One step worked out by hand, with parameters for which the results are fractions: the norm of two groups of equal numbers is −1
 * and 1, of one number 0; σ(0) = 1/2, σ(ln 3) = 3/4, σ(−ln 3) = 1/4; tanh(ln 2) = 3/5, tanh(ln 3) = 4/5. Then what does not
 * change a normalised cell.
 */
import { type Cell, Rng, type Sequence, type Tree, tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  atanh,
  mul,
  ones,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tensor3d,
  zeros,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { layerNormGru, layerNormLstm, layerNormRnn } from '../../src/index.ts';
import { scaledNorm } from '../../src/normalised/scaled-norm.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]): Tensor2D => tensor2d([values]);
const sizes = { inputSize: 3, hiddenSize: 4 };
const rng = Rng.seeded(1);
const draw = (name: string, shape: number[], scale = 1) => rng.fork(name).tensor(shape, (r) => r.normal(0, scale));
const inputs = draw('inputs', [2, 5, 3]) as Sequence;

/** Random parameters, with kernels so large that epsilon does not matter. */
const drawn = <P extends Tree, S extends Tree>(cell: Cell<P, S>): P =>
  tree.map(cell.init(rng), (leaf, path) => draw(path, leaf.shape, path.endsWith('ernel') ? 30 : 1));

/** Outputs from a random state. */
function outputs<P extends Tree, S extends Tree>(cell: Cell<P, S>, params: P, given = inputs): Sequence {
  const state = tree.map(cell.initialState(2), (leaf, path) => draw(`state ${path}`, leaf.shape));
  return unroll(cell, params, given, { state }).outputs;
}

/** Mean and variance of each row. */
async function moments(x: Tensor2D): Promise<{ mean: number; variance: number }[]> {
  return (await x.array()).map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    return { mean, variance };
  });
}

const step = (h: Tensor2D, rest: { [name: string]: Tensor2D } = {}): Tree => ({ output: h, state: { h, ...rest } });

it('layerNormRnn: tanh(gain∘norm(x·kernel + h·recurrentKernel) + bias)', async () => {
  // 2·(50, 0) + (200, 100) = (300, 100), of norm (1, −1): (ln 2, −ln 3 + 2 ln 3)
  const params = {
    kernel: row(50, 0),
    recurrentKernel: tensor2d([
      [200, 0],
      [0, 100],
    ]),
    gain: tensor1d([ln2, ln3]),
    bias: tensor1d([0, 2 * ln3]),
  };
  const found = layerNormRnn({ inputSize: 1, hiddenSize: 2 }).step(params, { h: row(1, 1) }, row(2));
  await expectTreesClose(found, step(row(3 / 5, 4 / 5)));
});

it('layerNormLstm: input and state are normalised by themselves, over all gates, and c where it is read', async () => {
  // norm(x·kernel) = (−1, 1, −1, 1), norm(h·recurrentKernel) = (1, −1, 1, −1): i = −ln 3, f = ln 3, g = −ln 2 + 2 ln 2,
  // o = ln 3 − ln 3; c' = 3/4 + 1/4·3/5, of norm 0
  const params = {
    kernel: row(-10, 10, -10, 10),
    recurrentKernel: row(50, -50, 50, -50),
    bias: tensor1d([0, 0, 0, 0]),
    inputGain: tensor1d([ln3, ln3, ln2, ln3]),
    recurrentGain: tensor1d([0, 0, 2 * ln2, ln3]),
    cellNorm: { gain: tensor1d([7]), bias: tensor1d([ln3]) },
  };
  const cell = layerNormLstm({ inputSize: 1, hiddenSize: 1 });
  const found = cell.step(params, { h: row(1), c: row(1) }, row(1));
  await expectTreesClose(found, step(row(0.4), { c: row(0.9) }));
});

it('layerNormGru: z and r are normalised together, n by itself, and reset after its norm', async () => {
  // norms of z, r: (1, −1) of the input, (−1, 1) of the state: z = ln 3, r = −ln 3 + 2 ln 3; those of n are 0:
  // n = tanh(−2 ln 2 + 3/4·4 ln 2) = 3/5
  const params = {
    kernel: row(10, -10, 5),
    recurrentKernel: row(-10, 10, 5),
    bias: tensor1d([0, 0, -2 * ln2]),
    recurrentBias: tensor1d([4 * ln2]),
    inputGain: tensor1d([ln3, ln3, 1]),
    recurrentGain: tensor1d([0, 2 * ln3, 1]),
  };
  const found = layerNormGru({ inputSize: 1, hiddenSize: 1 }).step(params, { h: row(1) }, row(1));
  await expectTreesClose(found, step(row(0.15 + 0.75)));
});

it('with gain 1 and bias 0, what is normalised has mean 0 and variance 1 in each row', async () => {
  const x = mul(draw('x', [3, 16]), tensor2d([[1], [100], [0.1]])) as Tensor2D;
  for (const { mean, variance } of await moments(scaledNorm(16, 1e-8)(x, ones([16]) as Tensor1D))) {
    expect(mean).toBeCloseTo(0, 5);
    expect(variance).toBeCloseTo(1, 4);
  }
  // atanh of the output of layerNormRnn is what tanh was given.
  const cell = layerNormRnn({ inputSize: 3, hiddenSize: 8 });
  const params = { ...drawn(cell), gain: ones([8]) as Tensor1D, bias: zeros([8]) as Tensor1D };
  const { output } = cell.step(params, cell.initialState(2), draw('frame', [2, 3]) as Tensor2D);
  for (const { mean, variance } of await moments(atanh(output))) {
    expect(mean).toBeCloseTo(0, 4);
    expect(variance).toBeCloseTo(1, 3);
  }
});

it('layerNormLstm with an open output gate: the memory is read with mean 0 and variance 1, and kept as it is', async () => {
  const cell = layerNormLstm({ inputSize: 3, hiddenSize: 4 });
  const closed = { inputGain: zeros([16]) as Tensor1D, recurrentGain: zeros([16]) as Tensor1D };
  const bias = tensor1d([-100, 100, 0, 100].flatMap((value) => [value, value, value, value]));
  const params = { ...drawn(cell), ...closed, bias, cellNorm: cell.init(rng).cellNorm };
  const c = tensor2d([[50, -20, 30, 10]]);
  const { output, state } = cell.step(params, { h: zeros([1, 4]) as Tensor2D, c }, zeros([1, 3]) as Tensor2D);
  await expectTreesClose(state.c, c, { relative: 0, absolute: 0 });
  for (const { mean, variance } of await moments(atanh(output))) {
    expect(mean).toBeCloseTo(0, 4);
    expect(variance).toBeCloseTo(1, 3);
  }
});

const close = { relative: 1e-4, absolute: 0 };
/** Of the columns of a kernel. */
const factors = (...values: number[]) => tensor1d(values.flatMap((value) => [value, value, value, value]));

it('the scale of kernels changes nothing, as a whole; that of a single column does', async () => {
  const rnn = layerNormRnn(sizes);
  const ofRnn = drawn(rnn);
  const both = (factor: number | Tensor1D, other = factor) => ({
    ...ofRnn,
    kernel: mul(ofRnn.kernel, factor) as Tensor2D,
    recurrentKernel: mul(ofRnn.recurrentKernel, other) as Tensor2D,
  });
  await expectTreesClose(outputs(rnn, both(3)), outputs(rnn, ofRnn), close);
  await expect(expectTreesClose(outputs(rnn, both(3, 1)), outputs(rnn, ofRnn), close)).rejects.toThrow();
  await expect(
    expectTreesClose(outputs(rnn, both(tensor1d([3, 1, 1, 1]))), outputs(rnn, ofRnn), close),
  ).rejects.toThrow();

  const lstm = layerNormLstm(sizes);
  const ofLstm = drawn(lstm);
  const { kernel, recurrentKernel } = ofLstm;
  const scaled = {
    ...ofLstm,
    kernel: mul(kernel, 3) as Tensor2D,
    recurrentKernel: mul(recurrentKernel, 0.5) as Tensor2D,
  };
  await expectTreesClose(outputs(lstm, scaled), outputs(lstm, ofLstm), close);
  const oneGate = { ...ofLstm, kernel: mul(kernel, factors(3, 1, 1, 1)) as Tensor2D };
  await expect(expectTreesClose(outputs(lstm, oneGate), outputs(lstm, ofLstm), close)).rejects.toThrow();

  const gru = layerNormGru(sizes);
  const ofGru = drawn(gru);
  const parts = { ...ofGru, kernel: mul(ofGru.kernel, factors(3, 3, 0.5)) as Tensor2D };
  await expectTreesClose(outputs(gru, parts), outputs(gru, ofGru), close);
  const onlyZ = { ...ofGru, kernel: mul(ofGru.kernel, factors(3, 1, 1)) as Tensor2D };
  await expect(expectTreesClose(outputs(gru, onlyZ), outputs(gru, ofGru), close)).rejects.toThrow();
});

it('the scale of a frame changes nothing where input and state are normalised by themselves', async () => {
  const scaled = mul(inputs, tensor3d([2, 3, 0.5, 1, 7, 1, 0.3, 2, 5, 0.7], [2, 5, 1])) as Sequence;
  for (const cell of [layerNormLstm(sizes), layerNormGru(sizes)] as unknown as Cell<Tree, Tree>[]) {
    const params = drawn(cell);
    await expectTreesClose(outputs(cell, params, scaled), outputs(cell, params), { ...close, where: cell.name });
  }
});

it('invalid options are refused in one line', () => {
  expect(() => layerNormGru({ ...sizes, epsilon: 0 })).toThrow(
    'layerNormGru: epsilon: expected a number above 0, got 0.',
  );
});
