import { DataError, OptionError, Rng, tree, valueAndGrad } from '@elman/core';
import { getBackend, memory, type Tensor2D, tensor, tensor1d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import made from '../fixtures/outputs.json' with { type: 'json' };
import { type AdaptiveSoftmaxParams, adaptiveSoftmax, byFrequency } from '../src/index.ts';
import { expectClose, number } from './differences.ts';
import { expectCase, sumsOf, treeOf } from './outputs.ts';

describe('adaptiveSoftmax', () => {
  const wanted = made.adaptiveSoftmax;
  const { order, cutoffs, factor } = wanted;
  const layer = adaptiveSoftmax({ inputSize: 6, vocabSize: 13, cutoffs, factor, order });
  const ids = tensor(wanted.ids.flat(), undefined, 'int32');
  const mask = tensor(wanted.mask.flat());

  it(`agrees with AdaptiveLogSoftmaxWithLoss of PyTorch ${made.made.torch}: log-probabilities, loss, all gradients`, async () => {
    const { x, params } = treeOf<AdaptiveSoftmaxParams>(wanted);
    expectClose(await layer.logProbabilities(params, x).data(), wanted.logProbabilities, 2e-5);
    await expectCase<AdaptiveSoftmaxParams>(wanted, (of, input) => layer.loss(of, input, ids, { mask }).loss);
  });

  it('has projections that shrink, and probabilities of sum 1', async () => {
    const rng = Rng.seeded(1);
    const large = adaptiveSoftmax({ inputSize: 20, vocabSize: 900, cutoffs: [100, 300, 899] });
    expect([large.headSize, ...large.sizes]).toEqual([100, 200, 599, 1]);
    const params = large.init(rng);
    expect(params.clusters.map(({ projection }) => projection.shape[1])).toEqual([5, 1, 1]);
    const x = rng.tensor([9, 20], (r) => r.normal()) as Tensor2D;
    expectClose(await sumsOf(large.logProbabilities(params, x)), Array(9).fill(1), 1e-6);
  });

  it('gives nothing for masked targets, whatever they are; a cluster without targets has no gradient', async () => {
    const params = layer.init(Rng.seeded(2));
    const x = tensor([1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9], [2, 6]) as Tensor2D;
    const [frequent] = order as [number];
    const { value, grads } = valueAndGrad(
      (p) => ({ loss: layer.loss(p, x, tensor1d([frequent, -3], 'int32'), { mask: tensor1d([1, 0]) }).loss, aux: [] }),
      params,
    );
    const alone = layer.logProbabilities(params, x);
    expect(await number(value)).toBeCloseTo(-((await alone.data())[frequent] as number), 5);
    for (const { words } of grads.clusters) {
      for (const gradient of tree.leaves(words)) expect(Math.max(...(await gradient.data()).map(Math.abs))).toBe(0);
    }
    expect(await number(layer.loss(params, x, tensor1d([0, 1], 'int32'), { mask: tensor1d([0, 0]) }).loss)).toBe(0);
  });

  it('leaks no tensors', () => {
    const params = layer.init(Rng.seeded(3));
    const { x } = treeOf<AdaptiveSoftmaxParams>(wanted);
    const before = memory().numTensors;
    const { value, grads } = valueAndGrad((p) => ({ loss: layer.loss(p, x, ids, { mask }).loss, aux: [] }), params);
    tree.dispose([value, grads]);
    layer.logProbabilities(params, x).dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses cutoffs, factors, orders and ids that are none, in one line', () => {
    const refuse = (options: object, message: string): void => {
      const make = () => adaptiveSoftmax({ inputSize: 6, vocabSize: 13, cutoffs: [4], ...options });
      expect(make).toThrow(OptionError);
      expect(make).toThrow(message);
    };
    refuse({ cutoffs: [] }, 'adaptiveSoftmax: cutoffs: expected increasing ranks above 0 and below 13, got [].');
    refuse({ cutoffs: [4, 4] }, 'got [4,4].');
    refuse({ cutoffs: [13] }, 'got [13].');
    refuse({ factor: 0.5 }, 'factor: expected a number from 1, got 0.5.');
    refuse({ order: 'by count' }, 'order: expected each of 0 to 12 once, got "by count".');
    refuse({ order: Array(13).fill(99) }, 'got 13 numbers.');
    refuse({ order: [1, 1] }, 'order: expected each of 0 to 12 once, got 2 numbers.');
    const params = layer.init(Rng.seeded(4));
    const outside = () => layer.loss(params, tensor([1, 2, 3, 4, 5, 6], [1, 6]), tensor1d([13], 'int32'));
    if (['cpu', 'wasm'].includes(getBackend())) expect(outside).toThrow(DataError);
  });
});

it('byFrequency orders ids by their counts', () => {
  expect(byFrequency([3, 9, 3, 0, 4])).toEqual([1, 4, 0, 2, 3]);
});
