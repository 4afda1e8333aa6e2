/** Steps worked out by hand, with parameters for which the results are fractions, and what the theory of each cell says. */
import { Rng, type Sequence, type Tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { ones, type Tensor2D, type Tensor3D, tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { exponentialTrace, leakyRnn, scrn, simpleRnn } from '../../src/index.ts';

const ln2 = Math.LN2;
const ln3 = Math.log(3);
const row = (...values: number[]): Tensor2D => tensor2d([values]);
const nothing = (rows: number, columns: number): Tensor2D => zeros([rows, columns]);
const { fround } = Math;

describe('leaky units and traces', () => {
  it('leakyRnn: each unit moves a part of the way, by its time constant', async () => {
    const params = { kernel: row(ln2, ln3), recurrentKernel: nothing(2, 2), bias: tensor1d([0, 0]) };
    // f = (3/5, 4/5), 1 − α = (1/2, 1/4): h' = (1/2·1 + 1/2·3/5, 3/4·1 + 1/4·4/5)
    const cell = leakyRnn({ inputSize: 1, hiddenSize: 2, timeConstants: [2, 4] });
    const { output } = cell.step(params, { h: row(1, 1) }, row(1));
    await expectTreesClose(output, row(0.8, 0.95));
  });

  it('leakyRnn: the impulse response is αᵗ', async () => {
    const params = { kernel: row(0, 0), recurrentKernel: nothing(2, 2), bias: tensor1d([0, 0]) };
    const cell = leakyRnn({ inputSize: 1, hiddenSize: 2, timeConstants: [3, 10] });
    const { outputs } = unroll(cell, params, zeros([1, 20, 1]) as Tensor3D, { state: { h: row(1, 1) } });
    const [found = []] = await outputs.array();
    const alphas = [fround(1 - 1 / 3), fround(1 - 1 / 10)];
    let expected = [1, 1];
    for (const h of found) {
      expected = expected.map((each, i) => fround(each * (alphas[i] as number)));
      expect(h).toEqual(expected);
    }
  });

  it('leakyRnn with time constants of 1 is simpleRnn', async () => {
    const sizes = { inputSize: 2, hiddenSize: 3 };
    const params = simpleRnn(sizes).init(Rng.seeded(1));
    const inputs = Rng.seeded(2).tensor([2, 5, 2], (r) => r.normal()) as Sequence;
    const found = unroll(leakyRnn({ ...sizes, timeConstants: 1 }), params, inputs);
    await expectTreesClose(found as Tree, unroll(simpleRnn(sizes), params, inputs) as Tree, { relative: 1e-6 });
  });

  it('leakyRnn and others that learn α start from what was given', async () => {
    const given = { inputSize: 1, hiddenSize: 2 };
    const state = { h: row(1, 1) };
    const fixed = leakyRnn({ ...given, timeConstants: [2, 10] });
    const learnt = leakyRnn({ ...given, timeConstants: [2, 10], learnAlpha: true });
    const [a, b] = [fixed, learnt].map((cell) => cell.step(cell.init(Rng.seeded(1)), state, row(1)).output);
    await expectTreesClose(a as Tensor2D, b as Tensor2D);
  });

  it('exponentialTrace: a past input counts (1 − α)·αᵗ', async () => {
    const cell = exponentialTrace({ inputSize: 1, hiddenSize: 2, alpha: [0.5, 0.75] });
    const params = { kernel: row(1, 1), bias: tensor1d([0, 0]) };
    const { outputs } = unroll(cell, params, tensor3d([[[1], [0], [0], [2]]]));
    const wanted = [
      [0.5, 0.25],
      [0.25, 0.1875],
      [0.125, 0.140625],
      [1.0625, 0.60546875],
    ];
    expect((await outputs.array())[0]).toEqual(wanted);
  });

  it('scrn: the context is new when the hidden layer reads it, and both are the output', async () => {
    const params = {
      kernel: row(-ln3),
      recurrentKernel: row(ln3),
      contextKernel: row(2),
      hiddenContextKernel: row(ln3),
    };
    // s' = 1/2·2 + 1/2·4 = 3; h' = σ(3 ln 3 − ln 3 − ln 3) = 3/4
    const cell = scrn({ inputSize: 1, hiddenSize: 1, contextSize: 1, alpha: 0.5 });
    const { output, state } = cell.step(params, { h: row(-1), s: row(4) }, row(1));
    await expectTreesClose({ output, ...state }, { output: row(3 / 4, 3), h: row(3 / 4), s: row(3) });
  });

  it('scrn: with α = 1 the context is constant, with α = 0 it is the input', async () => {
    const sizes = { inputSize: 2, hiddenSize: 3, contextSize: 2 };
    const inputs = Rng.seeded(2).tensor([1, 6, 2], (r) => r.normal()) as Sequence;
    const params = { ...scrn(sizes).init(Rng.seeded(1)), contextKernel: tensor2d([1, 0, 0, 1], [2, 2]) };
    const context = async (alpha: number): Promise<number[][]> => {
      const { outputs } = unroll(scrn({ ...sizes, alpha }), params, inputs, {
        state: { h: ones([1, 3]) as Tensor2D, s: row(0.3, -0.7) },
      });
      return ((await outputs.array())[0] as number[][]).map((y) => y.slice(3));
    };
    expect(await context(1)).toEqual(Array(6).fill([fround(0.3), fround(-0.7)]));
    expect(await context(0)).toEqual((await inputs.array())[0]);
  });

  it('invalid options are refused in one line', () => {
    const sizes = { inputSize: 1, hiddenSize: 2 };
    expect(() => leakyRnn({ ...sizes, timeConstants: [0.5, 2] })).toThrow(
      'leakyRnn: timeConstants: expected frames from 1, got 0.5.',
    );
    expect(() => leakyRnn({ ...sizes, timeConstants: 1, learnAlpha: true })).toThrow(
      'leakyRnn: timeConstants: expected an α between 0 and 1, without them, as it is learnt, got 0.',
    );
    expect(() => exponentialTrace({ ...sizes, alpha: [0.5] })).toThrow(
      'exponentialTrace: alpha: expected a number or 2 of them, got 1.',
    );
    expect(() => scrn({ ...sizes, alpha: 1.5 })).toThrow('scrn: alpha: expected an α from 0 to 1, got 1.5.');
  });
});
