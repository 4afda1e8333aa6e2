/** Echo state networks at work: reservoirs as they were drawn, and output layers that are solved. */
import { echoState } from '@elman/cells';
import { type BatchSource, Rng, type Sequence } from '@elman/core';
import { frameStream } from '@elman/data';
import { layer } from '@elman/rnn';
import { slice, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { framePredictor, type RegressorBatch, regressor, solveReadout } from '../src/index.ts';

type Options = Omit<Parameters<typeof echoState>[0], 'inputSize'> & { readonly ridge?: number };
type Numbers = readonly (readonly number[])[];

const once = <B>(make: () => B): BatchSource<B> => ({ batchesPerEpoch: 1, batch: make });

/**
 * Solves the readout of a reservoir on the first half of a series of inputs and targets. Of each target, over the second half: the squared
 * error over the variance, and the squared correlation.
 */
async function solved(inputs: Numbers, targets: Numbers, { ridge, ...options }: Options) {
  const outputSize = targets[0]?.length as number;
  const inputSize = inputs[0]?.length as number;
  const half = inputs.length / 2;
  const model = regressor({ encoder: layer(echoState({ inputSize, ...options })), outputSize, of: 'frame' });
  const part = (rows: Numbers, end: number): Sequence => tensor3d([rows.slice(0, end) as number[][]]);
  const batches = once((): RegressorBatch => ({ inputs: part(inputs, half), targets: part(targets, half) }));
  const params = await solveReadout({ model, params: model.init(Rng.seeded(1)), batches, ridge, washout: 100 });
  const said = tidy(() => {
    const outputs = model.outputs(params, { inputs: part(inputs, inputs.length) }) as Sequence;
    return slice(outputs, [0, half, 0]);
  });
  const [outputs = []] = (await said.array()) as number[][][];
  const wanted = targets.slice(half);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return Array.from({ length: outputSize }, (_, at) => {
    const [y, t] = [outputs, wanted].map((rows) => rows.map((row) => row[at] as number)) as [number[], number[]];
    const [my, mt] = [mean(y), mean(t)];
    const variance = mean(t.map((value) => (value - mt) ** 2));
    const covariance = mean(t.map((value, i) => (value - mt) * ((y[i] as number) - my)));
    return {
      error: mean(t.map((value, i) => (value - (y[i] as number)) ** 2)) / variance,
      correlation: covariance ** 2 / variance / mean(y.map((value) => (value - my) ** 2)),
    };
  });
}

/** NARMA of order 10 (Atiya & Parlos 2000): inputs uniform on [0, 0.5]. */
function narma10(length: number): { readonly inputs: number[][]; readonly targets: number[][] } {
  const rng = Rng.seeded('narma10');
  const u = Array.from({ length }, () => rng.uniform(0, 0.5));
  const y = [0];
  for (let t = 0; t + 1 < length; t++) {
    const last = y.slice(-10).reduce((sum, value) => sum + value, 0);
    y.push(0.3 * (y[t] as number) + 0.05 * (y[t] as number) * last + 1.5 * (u[t - 9] ?? 0) * (u[t] as number) + 0.1);
  }
  return { inputs: u.map((value) => [value]), targets: [...y.slice(1), 0].map((value) => [value]) };
}

describe('echo state networks', () => {
  // 200 units: 0.040, the figure of the README.
  it.each([
    [100, 0.13],
    [200, 0.05],
  ])('of %i units identify the system NARMA10 to %f of its variance', async (hiddenSize, limit) => {
    const { inputs, targets } = narma10(4000);
    const [found] = await solved(inputs, targets, { hiddenSize, inputScale: 0.2 });
    expect(found?.error).toBeLessThan(limit);
  });

  // Jaeger 2001, "Short term memory in echo state networks": the sum over all delays is at most the number of units.
  it('remember inputs of as many frames as theory allows at most, and more with a larger spectral radius', async () => {
    const hiddenSize = 20;
    const rng = Rng.seeded('memory');
    const u = Array.from({ length: 4000 }, () => rng.uniform(-1, 1));
    const delayed = u.map((_, t) => Array.from({ length: 2 * hiddenSize }, (__, k) => u[t - k - 1] ?? 0));
    const capacity = async (spectralRadius: number): Promise<number> => {
      const options = { hiddenSize, density: 1, spectralRadius, inputScale: 0.01, biasScale: 0, ridge: 1e-10 };
      const found = await solved(
        u.map((value) => [value]),
        delayed,
        options,
      );
      return found.reduce((sum, { correlation }) => sum + correlation, 0);
    };
    const [less, more] = [await capacity(0.5), await capacity(0.9)];
    expect(more).toBeLessThan(hiddenSize);
    expect(more).toBeGreaterThan(0.75 * hiddenSize);
    expect(less).toBeLessThan(more - 2);
  });

  it('continue two sines by their own predictions', async () => {
    const wave = Float32Array.from({ length: 900 }, (_, t) => Math.sin(t / 8) + Math.sin(t / 3) / 3);
    const model = framePredictor(echoState({ inputSize: 1, hiddenSize: 60, inputScale: 0.5 }));
    const batches = frameStream(wave.slice(0, 800), { batchSize: 1, windowLength: 80 });
    const params = await solveReadout({ model, params: model.init(Rng.seeded(2)), batches, washout: 100 });
    const start = tensor3d(Array.from(wave.slice(700, 800)), [1, 100, 1]);
    const next = await model.generate(params, start, 100).data();
    const errors = Array.from(next, (value, t) => Math.abs(value - (wave[800 + t] as number)));
    expect(Math.max(...errors)).toBeLessThan(0.2);
  });
});
