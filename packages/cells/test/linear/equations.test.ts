/** Steps worked out by hand: σ(0) = 1/2, σ(ln 3) = 3/4, tanh(ln 2) = 3/5, tanh(ln 3) = 4/5. */
import type { Tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { minGru, minLstm, qrnn, sru } from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);
const one = { inputSize: 1, hiddenSize: 1 };

it('minGru: the gate is the fraction that is new', async () => {
  // z = σ(ln 3) = 3/4, n = −2: h' = 1/4·4 + 3/4·n; g(−ln 3) = 1/4, g(2) = 5/2
  const params = { kernel: row(ln3, -2), bias: tensor1d([0, 0]) };
  const h = row(1 - 3 / 2);
  await expectTreesClose(minGru(one).step(params, { h: row(4) }, row(1)) as Tree, { output: h, state: { h } });
  const two = { inputSize: 1, hiddenSize: 2 };
  const signs = { kernel: row(ln3, ln3, -ln3, 2), bias: tensor1d([0, 0, 0, 0]) };
  const found = minGru({ ...two, positive: true }).step(signs, { h: row(4, 4) }, row(1));
  const both = row(1 + 3 / 16, 1 + 15 / 8);
  await expectTreesClose(found as Tree, { output: both, state: { h: both } });
});

it('minLstm: the gates are normalised, also where both are closed', async () => {
  // i = 1/4, f = 3/4: keep 3/4; then both are σ(−200), which is 0 in float32: keep 1/2
  const params = { kernel: row(0, 0, 2), bias: tensor1d([-ln3, ln3, 0]) };
  const h = row((3 / 4) * 4 + (1 / 4) * 2);
  await expectTreesClose(minLstm(one).step(params, { h: row(4) }, row(1)) as Tree, { output: h, state: { h } });
  const closed = { ...params, bias: tensor1d([-200, -200, 0]) };
  await expectTreesClose(minLstm(one).step(closed, { h: row(4) }, row(1)) as Tree, {
    output: row(3),
    state: { h: row(3) },
  });
});

it('sru: the gates see the memory before the step, and the output mixes in the input', async () => {
  // f = σ(ln 3·1) = 3/4, n = 5: c' = 3/4·1 + 1/4·5 = 2; r = σ(ln 3·1) = 3/4: h = 3/4·2 + 1/4·√3·1
  const params = {
    kernel: row(0, 0, 5),
    bias: tensor1d([0, 0]),
    peepholes: { f: tensor1d([ln3]), r: tensor1d([ln3]) },
  };
  const found = sru(one).step(params, { c: row(1) }, row(1));
  await expectTreesClose(found as Tree, { output: row(3 / 2 + Math.sqrt(3) / 4), state: { c: row(2) } });
  // With another width the connection has weights: 4 and 8.
  const wide = { kernel: row(0, 0, 0, 0, 5, 5, 4, 8), bias: tensor1d([ln3, ln3, ln3, ln3]) };
  const cell = sru({ inputSize: 1, hiddenSize: 2, peepholes: false });
  const both = { output: row(3 / 2 + 1, 3 / 2 + 2), state: { c: row(2, 2) } };
  await expectTreesClose(cell.step(wide, { c: row(1, 1) }, row(1)) as Tree, both);
});

it('qrnn: gates see the frames of the window, zeros before the first', async () => {
  // Frames ln 2 and ln 3 in a window of two: z = x₋₁ + x·0; f = 1/2; o = σ(x). c: 0, tanh(ln 2)/2 = 3/10; o = 3/4 at x = ln 3
  const params = {
    kernel: tensor2d([
      [1, 0, 0],
      [0, 0, 1],
    ]),
    bias: tensor1d([0, 0, 0]),
  };
  const inputs = tensor3d([[[ln2], [ln3]]]);
  const { outputs, state } = unroll(qrnn(one), params, inputs);
  await expectTreesClose(
    { outputs, state },
    { outputs: tensor3d([[[0], [(3 / 4) * (3 / 10)]]]), state: { c: row(3 / 10), earlier: [row(ln3)] } },
  );
});

it('qrnn: a frame that is masked is not part of a window', async () => {
  const params = {
    kernel: tensor2d([
      [1, 0, 0],
      [2, 0, 0],
      [4, 0, 0],
    ]),
    bias: zeros([3]) as ReturnType<typeof tensor1d>,
  };
  const cell = qrnn({ ...one, window: 3 });
  const start = cell.initialState(1);
  const options = { context: undefined };
  const gaps = cell.scan?.(params, start, tensor3d([[[1], [9], [2], [9], [9], [3]]]), {
    ...options,
    mask: tensor2d([[1, 0, 1, 0, 0, 1]]),
  });
  const dense = cell.scan?.(params, start, tensor3d([[[1], [2], [3]]]), options);
  await expectTreesClose(gaps?.state as Tree, dense?.state as Tree);
});
