/** Connections that skip frames, with those of length one and without: how far gradients reach. */
import { type Cell, Rng, type Sequence, type Tree, valueAndGrad } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import {
  concat,
  eye,
  gather,
  mul,
  reshape,
  type Scalar,
  slice,
  sum,
  type Tensor1D,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tensor3d,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { dilated, feedForward, gru, lstm, simpleRnn, skipThroughTime } from '../../src/index.ts';

const rng = Rng.seeded(4);
const draw = (label: string, ...shape: number[]): Sequence =>
  rng.fork(label).tensor(shape, (r) => r.normal()) as Sequence;

/** Of a cell that reads x + …: ‖∂y_T/∂x_{T−k}‖, the Frobenius norm, for each k from 0. One row of the batch for each unit of y_T. */
async function norms<P extends Tree, S extends Tree>(cell: Cell<P, S>, params: P, inputs: Sequence): Promise<number[]> {
  const time = inputs.shape[1];
  const units = cell.outputSize;
  const { grads } = valueAndGrad(
    (given: Sequence) => {
      const { outputs } = unroll(cell, params, given);
      const last = reshape(slice(outputs, [0, time - 1, 0], [units, 1, units]), [units, units]);
      return { loss: sum(mul(last, eye(units))) as Scalar, aux: [] };
    },
    concat(Array(units).fill(inputs)) as Sequence,
  );
  const rows = (await reshape(transpose(grads, [1, 0, 2]), [time, -1]).array()) as number[][];
  return rows.reverse().map((row) => Math.hypot(...row));
}

/** The slope of the line of least squares through the logarithms of the norms that are not 0, from `from` on. */
function slopeOf(found: readonly number[], from = 0): number {
  const points = found.flatMap((norm, k) => (norm > 0 && k >= from ? [[k, Math.log(norm)] as const] : []));
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((total, point) => total + of(point), 0) / points.length;
  const [meanK, meanLog] = [mean(([k]) => k), mean(([, log]) => log)];
  return mean(([k, log]) => (k - meanK) * (log - meanLog)) / mean(([k]) => (k - meanK) ** 2);
}

const rotation = (angle: number, scale: number): Tensor2D =>
  tensor2d([
    [scale * Math.cos(angle), scale * Math.sin(angle)],
    [-scale * Math.sin(angle), scale * Math.cos(angle)],
  ]);

describe('connections that skip frames', () => {
  const units = 6;
  const plain = simpleRnn({ inputSize: units, hiddenSize: units });
  /** x enters as it is, so that a gradient w.r.t. x is one w.r.t. the sum of which h is the tanh. U is contracting, no multiple of a rotation. */
  const params = {
    kernel: eye(units) as Tensor2D,
    recurrentKernel: mul(draw('U', units, units) as Tree as Tensor2D, 0.7 / Math.sqrt(units)) as Tensor2D,
    bias: zeros([units]) as Tensor1D,
  };

  it('linear: without those of length one, the slope of log-gradients is one over the period of what it was', async () => {
    // Near 0 tanh is linear. U is 0.8 times a rotation: the norm of Uⁿ is √2·0.8ⁿ.
    const cell = simpleRnn({ inputSize: 2, hiddenSize: 2 });
    const turning = { kernel: eye(2) as Tensor2D, recurrentKernel: rotation(0.7, 0.8), bias: tensor1d([0, 0]) };
    for (const period of [1, 2, 3, 4]) {
      const found = await norms(dilated(cell, { period }), turning, zeros([1, 25, 2]));
      found.forEach((norm, k) => {
        expect(norm).toBeCloseTo(k % period === 0 ? Math.SQRT2 * 0.8 ** (k / period) : 0, 6);
      });
      expect(slopeOf(found)).toBeCloseTo(Math.log(0.8) / period, 5);
    }
  });

  it('tanh: on a chain of the same frames gradients are the same, and on other frames the slope is within a tenth', async () => {
    const short = draw('short', 1, 9, units);
    const period = 3;
    const alone = await norms(plain, params, short);
    const every = tensor1d(
      Array.from({ length: 9 * period }, (_, t) => Math.floor(t / period)),
      'int32',
    );
    const stretched = await norms(dilated(plain, { period }), params, gather(short, every, 1) as Sequence);
    stretched.forEach((norm, k) => {
      const wanted = k % period === 0 ? (alone[k / period] as number) : 0;
      expect(Math.abs(norm - wanted)).toBeLessThanOrEqual(1e-5 * wanted);
    });

    /** The mean slope over 20 sequences, each over 16 steps of its chain. */
    const slope = async (period: number): Promise<number> => {
      let total = 0;
      for (let i = 0; i < 20; i++) {
        const inputs = mul(draw(`long ${i}`, 1, 16 * period + 1, units), 0.3) as Sequence;
        total += slopeOf(await norms(dilated(plain, { period }), params, inputs)) / 20;
      }
      return total;
    };
    const before = await slope(1);
    expect(before).toBeLessThan(-0.2);
    for (const period of [2, 3]) {
      const after = await slope(period);
      expect(Math.abs((after * period) / before - 1), `period ${period}: ${after}, ${before}`).toBeLessThan(0.1);
    }
  });

  it('linear: beside those of length one, gradients fall as the largest root of λᵖ = u·λᵖ⁻¹ + v', async () => {
    // U = u·Q and V = v·Qᵖ with a rotation Q: y turned back by Qᵗ is u·yₜ₋₁ + v·yₜ₋ₚ.
    const [u, v] = [0.3, 0.5];
    for (const period of [2, 3, 5]) {
      const cell = skipThroughTime(simpleRnn({ inputSize: 4, hiddenSize: 2 }), { periods: [period] });
      const both = {
        kernel: concat([eye(2) as Tensor2D, rotation(0.7 * period, v)]),
        recurrentKernel: rotation(0.7, u),
        bias: tensor1d([0, 0]),
      };
      const found = await norms(cell, both, zeros([1, 61, 2]));
      let root = 1;
      for (let i = 0; i < 200; i++) root = (u * root ** (period - 1) + v) ** (1 / period);
      expect(slopeOf(found, 30)).toBeCloseTo(Math.log(root), 3);
      expect(Math.log(root)).toBeGreaterThan(Math.log(u + v));
    }
  });

  it('around feedForward there are no others: of one period it is the dilated simpleRnn', async () => {
    const [kernel, recurrentKernel] = [draw('W', 3, 4), draw('V', 4, 4)] as Tree[] as Tensor2D[] as [
      Tensor2D,
      Tensor2D,
    ];
    const bias = tensor1d([0.1, 0.2, 0.3, 0.4]);
    const inputs = draw('inputs', 2, 9, 3);
    const around = skipThroughTime(feedForward({ inputSize: 7, hiddenSize: 4, activation: 'tanh' }), { periods: [3] });
    const { outputs } = unroll(around, { kernel: concat([kernel, recurrentKernel]), bias }, inputs);
    const skipping = dilated(simpleRnn({ inputSize: 3, hiddenSize: 4 }), { period: 3 });
    await expectTreesClose(outputs, unroll(skipping, { kernel, recurrentKernel, bias }, inputs).outputs);
  });

  it('around a dilated cell the previous frame is not read: inputs have an influence at sums of periods alone', async () => {
    const cell = skipThroughTime(dilated(lstm({ inputSize: 7, hiddenSize: 4 }), { period: 3 }), { periods: [5] });
    const found = await norms(cell, cell.init(rng), draw('sums', 1, 12, 3));
    expect(found.flatMap((norm, k) => (norm === 0 ? [] : [k]))).toEqual([0, 3, 5, 6, 8, 9, 10, 11]);
  });

  it('outputs are read in the order of the periods, and are 0 before the first frame', async () => {
    // y = x + 10·yₜ₋₃ + 100·yₜ₋₁
    const cell = skipThroughTime(feedForward({ inputSize: 3, hiddenSize: 1, activation: 'relu' }), { periods: [3, 1] });
    const sums = { kernel: tensor2d([[1], [10], [100]]), bias: tensor1d([0]) };
    const { outputs, state } = unroll(cell, sums, tensor3d([[[1], [0], [0], [2], [0]]]));
    expect((await outputs.array()).flat(2)).toEqual([1, 100, 10_000, 1_000_012, 100_002_200]);
    expect(state.outputs).toHaveLength(3);
  });

  it('the path of fewest steps is as long, and with the previous frame all paths count', async () => {
    // y = v·yₜ₋₃ + u·yₜ₋₁ near 0: the gradient over 6 frames is the sum over paths: v² + 4·v·u³ + u⁶.
    const cell = skipThroughTime(simpleRnn({ inputSize: 2, hiddenSize: 1 }), { periods: [3] });
    const [v, u] = [0.5, 0.25];
    const both = { kernel: tensor2d([[1], [v]]), recurrentKernel: tensor2d([[u]]), bias: tensor1d([0]) };
    const found = await norms(cell, both, zeros([1, 7, 1]));
    expect(found[6]).toBeCloseTo(v ** 2 + 4 * v * u ** 3 + u ** 6, 6);
  });

  it('dilated: every chain of frames is a sequence of its own', async () => {
    const cell = gru({ inputSize: 2, hiddenSize: 3 });
    const own = cell.init(rng);
    const inputs = draw('chains', 2, 9, 2);
    const { outputs } = unroll(dilated(cell, { period: 3 }), own, inputs);
    for (const start of [0, 1, 2]) {
      const every = tensor1d([start, start + 3, start + 6], 'int32');
      const chain = unroll(cell, own, gather(inputs, every, 1) as Sequence).outputs;
      await expectTreesClose(gather(outputs, every, 1), chain);
    }
    await expectTreesClose(
      unroll(dilated(cell, { period: 1 }), own, inputs).outputs,
      unroll(cell, own, inputs).outputs,
    );
  });

  it('invalid options are refused in one line', () => {
    const sizes = { inputSize: 5, hiddenSize: 2 };
    expect(() => dilated(gru(sizes), { period: 0 })).toThrow(
      'dilated(gru): period: expected a positive whole number, got 0.',
    );
    for (const periods of [[], [0], [1.5], [2, 2]]) {
      expect(() => skipThroughTime(gru(sizes), { periods })).toThrow(
        `skipThroughTime(gru): periods: expected positive whole numbers of frames, each once, got ${periods.join(', ') || 'none'}.`,
      );
    }
    expect(skipThroughTime(gru(sizes), { periods: [2, 4] }).inputSize).toBe(1);
    expect(() => skipThroughTime(gru(sizes), { periods: [1, 2, 4] })).toThrow(
      'skipThroughTime(gru): cell: expected inputSize 6 (3 × outputSize) + that of x, got 5.',
    );
  });
});
