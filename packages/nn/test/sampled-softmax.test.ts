import { OptionError, Rng, tree, valueAndGrad } from '@elman/core';
import { memory, type Tensor2D, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import made from '../fixtures/outputs.json' with { type: 'json' };
import { type SampledSoftmaxParams, sampledSoftmax, softmaxCrossEntropy } from '../src/index.ts';
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
