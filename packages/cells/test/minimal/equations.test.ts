/** One step worked out by hand: σ(ln 3) = 3/4, tanh(ln 2) = 3/5, tanh(ln 3) = 4/5. */
import type { Tree } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { minimalGatedUnit, updateGateRnn } from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]) => tensor2d([values]);
const nothing = zeros([1, 1]) as ReturnType<typeof row>;

it('minimalGatedUnit: the gate is the fraction that is new, and what the candidate sees of h', async () => {
  // f = (3/4, 1/4), f∘h = (3/4, 1/4); n = tanh(1/4·4 ln 2, 3/4·(4/3) ln 3) = (3/5, 4/5)
  const params = {
    kernel: zeros([1, 4]) as typeof nothing,
    recurrentKernel: tensor2d([
      [0, 0, 0, (4 / 3) * ln3],
      [0, 0, 4 * ln2, 0],
    ]),
    bias: tensor1d([ln3, -ln3, 0, 0]),
  };
  const found = minimalGatedUnit({ inputSize: 1, hiddenSize: 2 }).step(params, { h: row(1, 1) }, nothing);
  const h = row((1 / 4) * 1 + (3 / 4) * (3 / 5), (3 / 4) * 1 + (1 / 4) * (4 / 5));
  await expectTreesClose(found as Tree, { output: h, state: { h } });
});

it('updateGateRnn: the gate is the fraction that is kept', async () => {
  // z = σ(ln 3) = 3/4, v = 2·ln 2 − ln 2 = ln 2; h' = 3/4·(−1) + 1/4·s(ln 2)
  const params = { kernel: row(0, 2 * ln2), recurrentKernel: row(-ln3, ln2), bias: tensor1d([0, 0]) };
  const wanted = { tanh: 3 / 5, relu: ln2, sigmoid: 2 / 3 };
  for (const activation of ['tanh', 'relu', 'sigmoid'] as const) {
    const cell = updateGateRnn({ inputSize: 1, hiddenSize: 1, activation });
    const h = row(-3 / 4 + wanted[activation] / 4);
    await expectTreesClose(cell.step(params, { h: row(-1) }, row(1)) as Tree, { output: h, state: { h } });
  }
  expect(() => updateGateRnn({ inputSize: 1, hiddenSize: 1, activation: 'linear' as never })).toThrow(
    'updateGateRnn: activation: expected tanh, relu or sigmoid, got linear.',
  );
});
