/** The capabilities of cells, with weights set by hand; nothing is learned here. */
import { Rng, type Sequence } from '@elman/core';
import { unroll } from '@elman/rnn';
import { tensor1d, tensor2d, tensor3d, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { gru, lstm, simpleRnn } from '../src/index.ts';

const LENGTH = 12;
const rng = Rng.seeded(3);
const sequence = (values: number[]): Sequence => tensor3d(values, [1, values.length, 1]);
const draw = (from: () => number): number[] => Array.from({ length: LENGTH }, from);

it('simpleRnn with two rectified units solves parity exactly', async () => {
  // With the previous parity p: a = relu(p + x), b = relu(p + x − 1), and a − 2b is p xor x.
  const params = {
    kernel: tensor2d([[1, 1]]),
    recurrentKernel: tensor2d([
      [1, 1],
      [-2, -2],
    ]),
    bias: tensor1d([0, -1]),
  };
  const bits = draw(() => rng.integer(2));
  const cell = simpleRnn({ inputSize: 1, hiddenSize: 2, activation: 'relu' });
  const [outputs] = await unroll(cell, params, sequence(bits)).outputs.array();
  let parity = 0;
  for (const [t, bit] of bits.entries()) {
    parity ^= bit;
    const [a = 0, b = 0] = outputs?.[t] ?? [];
    expect(a - 2 * b).toBe(parity);
  }
});

it('lstm with open gates counts exactly', async () => {
  // σ(100) and tanh(100) are 1 in float32: c' = c + x for x = ±1.
  const params = {
    kernel: tensor2d([[0, 0, 100, 0]]),
    recurrentKernel: zeros([1, 4]) as ReturnType<typeof tensor2d>,
    bias: tensor1d([100, 100, 0, 100]),
  };
  const ups = draw(() => (rng.integer(3) === 0 ? -1 : 1));
  const { state } = unroll(lstm({ inputSize: 1, hiddenSize: 1 }), params, sequence(ups));
  const [count] = await state.c.data();
  expect(count).toBeCloseTo(
    ups.reduce((sum, x) => sum + x, 0),
    4,
  );
});

it('gru with saturated gates is a latch: it keeps a bit until another one is written', async () => {
  // x = 0: z = σ(100) = 1 holds h. x = ±1, also as the second input: z = σ(100 − 200) = 0 lets n = tanh(100x) in.
  const params = {
    kernel: tensor2d([
      [0, 0, 100],
      [-200, 0, 0],
    ]),
    recurrentKernel: zeros([1, 3]) as ReturnType<typeof tensor2d>,
    bias: tensor1d([100, 0, 0]),
    recurrentBias: tensor1d([0]),
  };
  const given = draw(() => (rng.integer(3) === 0 ? 1 - 2 * rng.integer(2) : 0));
  const inputs = tensor3d([given.map((x) => [x, Math.abs(x)])]);
  const [outputs] = await unroll(gru({ inputSize: 2, hiddenSize: 1 }), params, inputs).outputs.array();
  let held = 0;
  for (const [t, x] of given.entries()) {
    held = x === 0 ? held : x;
    expect(outputs?.[t]?.[0]).toBeCloseTo(held, 4);
  }
});

it('chrono biases give memory times of two to T frames', async () => {
  const biases = await lstm({ inputSize: 1, hiddenSize: 400, chrono: 100 }).init(Rng.seeded(1)).bias.data();
  const [write, keep] = [biases.slice(0, 400), biases.slice(400, 800)];
  const times = [...keep].map((b) => 1 + Math.exp(b));
  expect(Math.min(...times)).toBeGreaterThanOrEqual(2);
  expect(Math.max(...times)).toBeLessThan(100);
  // Uniform from 2 to 100.
  expect(times.reduce((sum, t) => sum + t, 0) / 400).toBeCloseTo(51, -1);
  keep.forEach((b, i) => {
    expect(write[i]).toBe(-b);
  });
  const gates = await gru({ inputSize: 1, hiddenSize: 3, chrono: 100 }).init(Rng.seeded(1)).bias.data();
  expect([...gates].map((b) => b > 0)).toEqual([true, true, true, false, false, false, false, false, false]);
  expect(() => lstm({ inputSize: 1, hiddenSize: 1, chrono: 2.5 })).toThrow(/chrono: expected a whole number of frames/);
});
