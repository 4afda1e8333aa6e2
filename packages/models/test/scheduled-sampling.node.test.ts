import { Rng, tree, valueAndGrad } from '@elman/core';
import { countTensors, expectTreesClose } from '@elman/testkit';
import { fill, notEqual, type Tensor2D, where } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { mixInputs } from '../src/scheduled-sampling.ts';
import { attending, copying } from './copying.ts';

it('scheduled sampling conditions a sequence-to-sequence model on its sources, and ignores padding', async () => {
  const model = attending();
  const params = model.init(Rng.seeded(10));
  const rng = Rng.seeded(11);
  const batch = copying('sampled', 4, 2).batch(0, 0);
  const { sources, sourceMask, inputs, mask } = batch;
  const bound = model.bind(params, sources, sourceMask);
  const start = bound.initialState(2);
  const mixed = mixInputs(bound, start, inputs, 0.7, rng.fork('sampling'), mask);
  expect(await mixed.array()).not.toEqual(await inputs.array());
  const options = { metrics: true, sampling: 0.7, rng };
  const sampled = valueAndGrad((p) => ({ loss: model.loss(p, batch, [], options).loss, aux: {} }), params);
  const given = valueAndGrad((p) => ({ loss: model.loss(p, { ...batch, inputs: mixed }, []).loss, aux: {} }), params);
  await expectTreesClose(sampled.value, given.value);
  await expectTreesClose(sampled.grads, given.grads);
  const filled = {
    ...batch,
    inputs: where(notEqual(mask as Tensor2D, 0), inputs, fill(inputs.shape, 4, 'int32')) as Tensor2D,
  };
  await expectTreesClose(model.loss(params, filled, [], options), model.loss(params, batch, [], options));
  expect(countTensors(() => tree.dispose(model.loss(params, batch, [], options)))).toBe(0);
  expect(() => model.loss(params, batch, [], { sampling: 0.5 })).toThrow(/seq2seq: sampling: expected `rng` with it/);
});
