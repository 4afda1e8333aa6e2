import { Rng, type Tree, tree } from '@elman/core';
import { taskModel } from '@elman/models';
import { unroll } from '@elman/rnn';
import { alike, largerTotal, parity, sumOfInputs } from '@elman/tasks';
import { countTensors } from '@elman/testkit';
import { sigmoid, tensor1d, tensor2d, tensor3d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { anbnLstm, comparingNet, countingLstm, parityNet, summingNet } from '../src/index.ts';
import { accuracyOf, allStrings, anbn, hasMoreOnes, isAnbn, majority, saidOf } from './support.ts';

const strings = allStrings(12);

describe('summingNet', () => {
  it('reproduces the example of the lecture', async () => {
    const { cell, params } = summingNet();
    const inputs = tensor3d([2, -0.5, 1, 1], [1, 4, 1]);
    const outputs = taskModel(cell, sumOfInputs()).outputs(params, { inputs, targets: inputs });
    expect([...(await outputs.data())]).toEqual([2, 1.5, 2.5, 3.5]);
  });

  it('sums exactly', async () => {
    const { cell, params } = summingNet();
    const task = sumOfInputs();
    const batch = task.sample(Rng.seeded(1), alike(1000, { length: 20 }));
    const outputs = taskModel(cell, task).outputs(params, batch);
    expect(await outputs.data()).toEqual(await batch.targets.data());
  });
});

describe('comparingNet', () => {
  it('reproduces the example of the lecture', async () => {
    const { cell, params } = comparingNet();
    const inputs = tensor3d([2, -2, 0, 3.5, 1, 2.2], [1, 3, 2]);
    const outputs = taskModel(cell, largerTotal()).outputs(params, { inputs, targets: inputs });
    const chances = [...(await sigmoid(outputs).data())].map((chance) => chance.toFixed(2));
    expect(chances).toEqual(['1.00', '0.92', '0.03']);
  });

  it('is correct at every frame of a thousand rows', async () => {
    expect(await accuracyOf(comparingNet(), largerTotal(), { rows: 1000, length: 20 })).toBe(1);
  });
});

describe('parityNet', () => {
  it('is correct at every bit of all strings of twelve', async () => {
    const said = await saidOf(parityNet(), parity(), strings);
    for (const [row, string] of strings.entries()) {
      let ones = 0;
      const odd = string.map((bit) => {
        ones += bit;
        return ones % 2 === 1;
      });
      expect(said[row]).toEqual(odd);
    }
  });

  it('has logits of ±10', async () => {
    const { cell, params } = parityNet();
    const inputs = tensor2d([[0, 1, 1, 1]], undefined, 'int32');
    const outputs = taskModel(cell, parity()).outputs(params, { inputs, targets: inputs });
    expect(await outputs.array()).toEqual([
      [
        [10, -10],
        [-10, 10],
        [10, -10],
        [-10, 10],
      ],
    ]);
  });

  it('uses the separate biases at its first step', async () => {
    const { cell, params } = parityNet();
    const inputs = tensor3d([0, 1, 1, 0], [1, 2, 2]);
    const eager = { ...params.cell, firstBias: tensor1d([-1.5, 0.5]) };
    expect([...(await unroll(cell, eager, inputs).outputs.data())]).toEqual([1, 1]);
  });
});

describe('countingLstm', () => {
  it('decides at every bit of all strings of twelve whether there are more ones', async () => {
    const said = await saidOf(countingLstm(), majority, strings);
    for (const [row, string] of strings.entries()) expect(said[row]).toEqual(hasMoreOnes(string));
  });

  it('counts exactly', async () => {
    const { cell, params } = countingLstm();
    const inputs = tensor3d(
      strings.flatMap((string) => string.flatMap((bit) => [1 - bit, bit])),
      [4096, 12, 2],
    );
    const { state } = unroll(cell, params.cell, inputs);
    const counts = strings.map((string) => 2 * string.reduce((sum, bit) => sum + bit, 0) - 12);
    expect([...(await state.c.data())]).toEqual(counts);
  });
});

describe('anbnLstm', () => {
  it('is correct on every prefix of all strings of twelve symbols', async () => {
    const said = await saidOf(anbnLstm(), anbn, strings);
    for (const [row, string] of strings.entries()) expect(said[row]).toEqual(isAnbn(string));
  });

  it('has a correct checker', () => {
    const accepted = (text: string): boolean | undefined =>
      isAnbn([...text].map((letter) => 'ab'.indexOf(letter))).at(-1);
    for (const text of ['ab', 'aabb', 'aaabbb']) expect(accepted(text)).toBe(true);
    for (const text of ['a', 'b', 'ba', 'aab', 'abb', 'abab', 'aabbab', 'bbaa', 'aabbb', 'abba']) {
      expect(accepted(text)).toBe(false);
    }
  });
});

describe.each(Object.entries({ summingNet, comparingNet, parityNet, countingLstm, anbnLstm }))('%s', (_, make) => {
  it('returns fresh parameters, all of them in one tree, and nothing else', () => {
    let size = 0;
    expect(countTensors(() => (size = tree.leaves(make().params).length))).toBe(size);
  });

  it('has parameters of the shapes of its cell', () => {
    const { cell, params } = make();
    const shapesOf = (given: Tree): unknown => tree.entries(given).map(([path, { shape }]) => [path, shape]);
    expect(shapesOf(params.cell)).toEqual(shapesOf(cell.init(Rng.seeded(1))));
  });
});
