import { Rng, type Sequence, type Tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { describeCell, expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import fixture from '../../fixtures/array-lstm.json' with { type: 'json' };
import { arrayLstm, lstm } from '../../src/index.ts';
import { describeOracle } from '../oracle.ts';

describeCell('arrayLstm', () => arrayLstm({ inputSize: 3, hiddenSize: 4 }), {
  importPackage: () => import('../../src/index.ts'),
});
describeOracle(fixture);

it('arrayLstm: one step by hand: the output is the sum over the memory cells', async () => {
  // σ(ln 3) = 3/4, tanh(ln 2) = 3/5, tanh(ln 3) = 4/5: c' = 3/4·1 + 1/4·3/5 = 0.9 and 1/4·2 + 3/4·4/5 = 1.1; o = 1/2, 3/4
  const [ln2, ln3] = [Math.LN2, Math.log(3)];
  const params = {
    kernel: zeros([1, 8]) as ReturnType<typeof tensor2d>,
    recurrentKernel: zeros([1, 8]) as ReturnType<typeof tensor2d>,
    bias: tensor1d([-ln3, ln3, ln3, -ln3, ln2, ln3, 0, ln3]),
  };
  const state = { h: tensor2d([[1]]), c: tensor2d([[1, 2]]) };
  const found = arrayLstm({ inputSize: 1, hiddenSize: 1 }).step(params, state, tensor2d([[0]]));
  const h = tensor2d([[Math.tanh(0.9) / 2 + (3 / 4) * Math.tanh(1.1)]]);
  await expectTreesClose(found as Tree, { output: h, state: { h, c: tensor2d([[0.9, 1.1]]) } });
});

it('arrayLstm with one memory cell is lstm', async () => {
  const sizes = { inputSize: 3, hiddenSize: 4 };
  const inputs = Rng.seeded(2).tensor([2, 5, 3], (r) => r.normal()) as Sequence;
  const params = lstm(sizes).init(Rng.seeded(1));
  const found = unroll(arrayLstm({ ...sizes, cells: 1 }), params, inputs);
  await expectTreesClose({ ...found }, { ...unroll(lstm(sizes), params, inputs) });
  expect(() => arrayLstm({ ...sizes, cells: 0 })).toThrow('arrayLstm: cells: expected a positive whole number, got 0.');
});
