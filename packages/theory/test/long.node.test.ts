import { Rng } from '@elman/core';
import { taskModel } from '@elman/models';
import { unroll } from '@elman/rnn';
import { alike, largerTotal, parity, sumOfInputs } from '@elman/tasks';
import { tensor3d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { anbnLstm, comparingNet, countingLstm, parityNet, summingNet } from '../src/index.ts';
import { accuracyOf, anbn, isAnbn, majority, saidOf } from './support.ts';

describe.each([
  { rows: 2000, length: 100 },
  { rows: 200, length: 1000 },
  { rows: 4, length: 10_000 },
])('no error at all in $rows rows of $length frames', ({ rows, length }) => {
  it('summingNet', async () => {
    const { cell, params } = summingNet();
    const batch = sumOfInputs().sample(Rng.seeded(1), alike(rows, { length }));
    const outputs = taskModel(cell, sumOfInputs()).outputs(params, batch);
    expect(await outputs.data()).toEqual(await batch.targets.data());
  });

  it.each([
    ['comparingNet', () => accuracyOf(comparingNet(), largerTotal(), { rows, length })],
    ['parityNet', () => accuracyOf(parityNet(), parity(), { rows, length })],
    ['countingLstm', () => accuracyOf(countingLstm(), majority, { rows, length })],
    ['anbnLstm', () => accuracyOf(anbnLstm(), anbn, { rows, length })],
  ])('%s', async (_, accuracy) => {
    expect(await accuracy()).toBe(1);
  });
});

describe('at ten thousand', () => {
  it('countingLstm counts exactly', async () => {
    const { cell, params } = countingLstm();
    const chances = [0, 0.1, 0.5, 0.9, 1];
    const strings = chances.map((chance, row) => {
      const rng = Rng.seeded(row);
      return Array.from({ length: 10_000 }, () => (rng.uniform() < chance ? 1 : 0));
    });
    const inputs = tensor3d(
      strings.flatMap((string) => string.flatMap((bit) => [1 - bit, bit])),
      [5, 10_000, 2],
    );
    const { state } = unroll(cell, params.cell, inputs);
    const ones = strings.map((string) => string.reduce<number>((sum, bit) => sum + bit, 0));
    expect([...(await state.c.data())].map((c) => (c + 10_000) / 2)).toEqual(ones);
  });

  it('anbnLstm distinguishes a string from its nearest neighbours', async () => {
    const string = (as: number): number[] => Array.from({ length: 10_000 }, (_, t) => (t < as ? 0 : 1));
    const flipped = (at: number): number[] => string(5000).map((symbol, t) => (t === at ? 1 - symbol : symbol));
    const rows = [string(5000), string(4999), string(5001), string(0), string(10_000)];
    rows.push(...[0, 1, 4998, 4999, 5000, 5001, 9999].map(flipped));
    const said = await saidOf(anbnLstm(), anbn, rows);
    for (const [row, symbols] of rows.entries()) expect(said[row]).toEqual(isAnbn(symbols));
    expect(said[0]?.indexOf(true)).toBe(9999);
    expect(said[1]?.indexOf(true)).toBe(9997);
  });
});
