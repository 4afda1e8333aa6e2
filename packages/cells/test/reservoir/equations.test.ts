/** A step worked out by hand, the initial weights, and the echo state property. */
import { Rng, type Sequence, type Tree } from '@elman/core';
import { unroll } from '@elman/rnn';
import { expectTreesClose } from '@elman/testkit';
import { type Tensor2D, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type EchoStateOptions, echoState, leakyRnn } from '../../src/index.ts';
import { spectralRadius } from '../../src/reservoir/spectral-radius.ts';

const ln2 = Math.LN2;
const rng = Rng.seeded(7);
const normal = (label: string, ...shape: number[]): Sequence =>
  rng.fork(label).tensor(shape, (r) => r.normal()) as Sequence;

describe('echoState', () => {
  it('moves by the leaking rate to what it is driven to', async () => {
    const params = {
      kernel: tensor2d([[ln2, ln2]]),
      recurrentKernel: tensor2d([
        [ln2, 0],
        [0, -2 * ln2],
      ]),
      bias: tensor1d([-ln2, 0]),
    };
    // tanh(ln 2) = 3/5: f = (3/5, −3/5), h' = 3/4·1 + 1/4·f
    const cell = echoState({ inputSize: 1, hiddenSize: 2, leak: 0.25 });
    const { output } = cell.step(params, { h: tensor2d([[1, 1]]) }, tensor2d([[1]]));
    await expectTreesClose(output, tensor2d([[0.9, 0.6]]));
  });

  it('has the equation of leakyRnn with the time constant 1/leak', async () => {
    const sizes = { inputSize: 2, hiddenSize: 5 };
    const cell = echoState({ ...sizes, leak: 0.2 });
    const params = cell.init(rng);
    const inputs = normal('leaky', 2, 6, 2);
    const leaky = unroll(leakyRnn({ ...sizes, timeConstants: 5 }), params, inputs);
    await expectTreesClose(unroll(cell, params, inputs) as Tree, leaky as Tree, { relative: 1e-5 });
  });

  it('starts with the spectral radius, density and scales of its options', async () => {
    const hiddenSize = 120;
    const scales = { spectralRadius: 1.25, inputScale: 0.5, biasScale: 0.25 };
    const params = echoState({ inputSize: 40, hiddenSize, ...scales }).init(rng);
    const recurrent = await params.recurrentKernel.data();
    expect(Math.abs(spectralRadius(recurrent, hiddenSize) / 1.25 - 1)).toBeLessThan(1e-6);
    const share = recurrent.filter((weight) => weight !== 0).length / recurrent.length;
    expect(Math.abs(share - 10 / hiddenSize)).toBeLessThan(0.01);
    for (const [of, limit] of [
      [params.kernel, 0.5],
      [params.bias, 0.25],
    ] as const) {
      const largest = Math.max(...(await of.data()).map(Math.abs));
      expect(largest).toBeLessThanOrEqual(limit);
      expect(largest).toBeGreaterThan(0.9 * limit);
    }
  });

  /** How far two states, far from each other at first, are from each other after `time` frames without input. */
  async function apart(options: Partial<EchoStateOptions>, seed: number, time: number): Promise<number> {
    const cell = echoState({ inputSize: 1, hiddenSize: 50, biasScale: 0, ...options });
    const h = normal(`start ${seed}`, 2, 50) as unknown as Tensor2D;
    const { state } = unroll(cell, cell.init(Rng.seeded(seed)), zeros([2, time, 1]) as Sequence, { state: { h } });
    const [a = [], b = []] = await state.h.array();
    return Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] as number)) ** 2, 0));
  }

  it.each([1, 2, 3])(
    'forgets its initial state below a spectral radius of 1, and not at 1.5: seed %i',
    async (seed) => {
      expect(await apart({ spectralRadius: 0.8 }, seed, 150)).toBeLessThan(1e-6);
      expect(await apart({ spectralRadius: 0.8, leak: 0.5 }, seed, 300)).toBeLessThan(1e-6);
      expect(await apart({ spectralRadius: 1.5 }, seed, 300)).toBeGreaterThan(0.1);
      expect(await apart({ spectralRadius: 1.5, leak: 0.5 }, seed, 300)).toBeGreaterThan(0.1);
    },
  );

  it('refuses options out of range in one line', () => {
    const sizes = { inputSize: 1, hiddenSize: 3 };
    expect(() => echoState({ ...sizes, leak: 0 })).toThrow('echoState: leak: expected a number above 0 to 1, got 0.');
    expect(() => echoState({ ...sizes, density: 1.5 })).toThrow(
      'echoState: density: expected a number above 0 to 1, got 1.5.',
    );
    expect(() => echoState({ ...sizes, spectralRadius: -1 })).toThrow(
      'echoState: spectralRadius: expected a number from 0, got -1.',
    );
    expect(() => echoState({ ...sizes, density: 1e-9 }).init(rng)).toThrow(
      'echoState: density: all eigenvalues of the recurrent matrix drawn with 1e-9 are 0; raise it, or take another seed.',
    );
  });
});
