import { OptionError, Rng, tree, valueAndGrad } from '@elman/core';
import { memory, type Tensor2D, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import made from '../fixtures/outputs.json' with { type: 'json' };
import { type SampledSoftmaxParams, type Samples, sampledSoftmax, softmaxCrossEntropy } from '../src/index.ts';
import { number } from './differences.ts';
import { expectCase } from './outputs.ts';

describe('sampledSoftmax', () => {
  it("agrees with TensorFlow's definition, given the samples: loss and all gradients", async () => {
    const wanted = made.sampledSoftmax;
    const layer = sampledSoftmax({ inputSize: 6, vocabSize: 9, samples: 5, noise: wanted.counts });
    const ids = tensor(wanted.ids, undefined, 'int32');
    await expectCase<SampledSoftmaxParams>(
      wanted,
      (params, x) => layer.loss(params, x, ids, { samples: wanted.samples }).loss,
    );
  });

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

  it('is the softmax without samples, and gives nothing for masked targets, whatever they are', async () => {
    const layer = sampledSoftmax({ inputSize: 2, vocabSize: 9, samples: 5 });
    const params = layer.init(Rng.seeded(4));
    const x = tensor([1, 2, 3, 4], [2, 2]) as Tensor2D;
    const [targets, one] = [tensor1d([3, 1], 'int32'), tensor1d([3, -9], 'int32')];
    const full = softmaxCrossEntropy(layer.logits(params, x), targets);
    expect(await number(layer.loss(params, x, targets).loss)).toBe(await number(full.loss));
    const samples = layer.draw(Rng.seeded(8));
    const masked = layer.loss(params, x, one, { samples, mask: tensor1d([1, 0]) });
    const alone = layer.loss(params, tensor([1, 2], [1, 2]), tensor1d([3], 'int32'), { samples });
    expect(await number(masked.loss)).toBeCloseTo(await number(alone.loss), 6);
    expect(await number(masked.count)).toBe(1);
  });

  it('leaks no tensors', () => {
    const layer = sampledSoftmax({ inputSize: 2, vocabSize: 9, samples: 5 });
    const params = layer.init(Rng.seeded(5));
    const [x, ids] = [tensor([1, 2, 3, 4], [2, 2]) as Tensor2D, tensor1d([3, 1], 'int32')];
    const before = memory().numTensors;
    const samples = layer.draw(Rng.seeded(6));
    const { value, grads } = valueAndGrad((p) => ({ loss: layer.loss(p, x, ids, { samples }).loss, aux: [] }), params);
    tree.dispose([value, grads]);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses noise that is none, in one line', () => {
    const make = (noise: unknown) => () =>
      sampledSoftmax({ inputSize: 2, vocabSize: 3, samples: 2, noise: noise as never });
    expect(make([1, 2])).toThrow(OptionError);
    expect(make([1, 2])).toThrow('sampledSoftmax: noise: expected log-uniform or the counts of 3 ids, got 2 counts.');
    expect(make('uniform')).toThrow('got "uniform".');
    expect(make([1, -2, 0])).toThrow('counts: expected numbers from 0, got -2 for id 1.');
    const count = (samples: number) => () => sampledSoftmax({ inputSize: 2, vocabSize: 3, samples });
    expect(count(0)).toThrow(OptionError);
    expect(count(4)).toThrow('sampledSoftmax: samples: expected 1 to 3, the size of the vocabulary, got 4.');
  });
});
