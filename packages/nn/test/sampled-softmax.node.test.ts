/** What samples are like on the average: hundreds of draws, which are the same on every backend. */
import { Rng, valueAndGrad } from '@elman/core';
import { type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { type Samples, sampledSoftmax } from '../src/index.ts';

describe('sampledSoftmax', () => {
  it('draws one id from the noise, and several without replacement, as often as expected', () => {
    const times = 20_000;
    const rng = Rng.seeded(1);
    const share = (noise: 'log-uniform' | number[]): number[] => {
      const layer = sampledSoftmax({ inputSize: 1, vocabSize: 4, samples: 1, noise });
      const counts = [0, 0, 0, 0];
      for (let i = 0; i < times; i++) {
        const [id] = layer.draw(rng).ids as [number];
        counts[id] = (counts[id] as number) + 1 / times;
      }
      return counts;
    };
    const near = (found: number[], wanted: number[]): void => {
      for (const [id, p] of wanted.entries()) expect(Math.abs((found[id] as number) - p)).toBeLessThan(0.015);
    };
    near(
      share('log-uniform'),
      [2, 3 / 2, 4 / 3, 5 / 4].map((x) => Math.log(x) / Math.log(5)),
    );
    near(share([6, 3, 0, 0]), [6 / 11, 3 / 11, 1 / 11, 1 / 11]);
    // Σ over samples of 1 / n counts the vocabulary without bias, whatever the noise.
    const layer = sampledSoftmax({ inputSize: 1, vocabSize: 4, samples: 2, noise: [6, 3, 0, 0] });
    let sum = 0;
    for (let i = 0; i < times; i++) {
      const { ids, threshold } = layer.draw(rng);
      expect(new Set(ids).size).toBe(2);
      for (const id of ids) sum += 1 / -Math.expm1(-(([6, 3, 1, 1][id] as number) / 11) * threshold);
    }
    expect(Math.abs(sum / times - 4)).toBeLessThan(0.06);
  });

  it('has a gradient whose mean over samples is near that of the softmax, nearer with more of them', async () => {
    const rng = Rng.seeded(2);
    const ids = tensor1d([0, 3, 7, 1, 19, 2], 'int32');
    const x = rng.tensor([6, 4], (r) => r.normal()) as Tensor2D;
    const error = async (samples: number): Promise<number> => {
      const layer = sampledSoftmax({ inputSize: 4, vocabSize: 20, samples });
      const params = layer.init(Rng.seeded(3));
      const gradientOf = (drawn?: Samples) =>
        valueAndGrad((p) => ({ loss: layer.loss(p, x, ids, { samples: drawn }).loss, aux: [] }), params).grads.kernel;
      const wanted = await gradientOf().data();
      const mean = new Float64Array(wanted.length);
      const times = 100;
      for (let i = 0; i < times; i++) {
        const gradient = gradientOf(layer.draw(rng));
        (await gradient.data()).forEach((g, j) => {
          mean[j] = (mean[j] as number) + g / times;
        });
      }
      const difference = Math.hypot(...mean.map((g, j) => g - (wanted[j] as number)));
      return difference / Math.hypot(...wanted);
    };
    const [few, many] = [await error(2), await error(15)];
    expect(many).toBeLessThan(0.1);
    expect(few).toBeGreaterThan(3 * many);
    expect(await error(20)).toBeLessThan(1e-6);
  });
});
