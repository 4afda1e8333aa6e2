import { DataError, OptionError, Rng, ShapeError, type Tree, tree, valueAndGrad } from '@elman/core';
import {
  add,
  getBackend,
  matMul,
  memory,
  slice,
  type Tensor,
  type Tensor2D,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import made from '../fixtures/outputs.json' with { type: 'json' };
import { type ClassSoftmaxParams, classSoftmax, softmaxCrossEntropy } from '../src/index.ts';
import { expectClose, number } from './differences.ts';
import { expectCase, sumsOf, treeOf } from './outputs.ts';

const here = ['cpu', 'wasm'].includes(getBackend());

describe('classSoftmax', () => {
  const wanted = made.classSoftmax;
  const layer = classSoftmax({ inputSize: 6, classes: wanted.classes });
  const ids = tensor(wanted.ids, undefined, 'int32');
  const mask = tensor(wanted.mask);

  it(`agrees with PyTorch ${made.made.torch}: log-probabilities, loss and all gradients`, async () => {
    const { x, params } = treeOf<ClassSoftmaxParams>(wanted);
    const log = layer.logProbabilities(params, x);
    expect(log.shape).toEqual([2, 4, 11]);
    expectClose(await log.data(), wanted.logProbabilities, 2e-5);
    expect(await number(layer.loss(params, x, ids, { mask }).count)).toBe(6);
    await expectCase<ClassSoftmaxParams>(wanted, (of, input) => layer.loss(of, input, ids, { mask }).loss);
  });

  it('has the gradient of its log-probabilities, which are differentiable too', async () => {
    const { x, params } = treeOf<ClassSoftmaxParams>(wanted);
    const { value, grads } = valueAndGrad(
      (of) => {
        const log = layer.logProbabilities(params, of.x as Tensor);
        return { loss: softmaxCrossEntropy(log, ids, { mask }).loss, aux: [] };
      },
      { x } as { x: Tree },
    );
    expect(await number(value)).toBeCloseTo(wanted.loss, 5);
    expectClose(await (grads as { x: Tensor }).x.data(), wanted.gradients.x, 1e-5);
  });

  it('gives probabilities of sum 1, and the same loss as the softmax where there is one class', async () => {
    const rng = Rng.seeded(1);
    const classes = Array.from({ length: 700 }, (_, id) => (id % 31) % 20);
    const large = classSoftmax({ inputSize: 5, classes });
    const x = rng.tensor([9, 5], (r) => r.normal(0, 3)) as Tensor2D;
    const log = large.logProbabilities(large.init(rng), x);
    expectClose(await sumsOf(log), Array(9).fill(1), 1e-6);

    const one = classSoftmax({ inputSize: 5, classes: Array(30).fill(0) });
    const params = one.init(rng);
    const targets = rng.tensor([9], (r) => r.integer(30), 'int32');
    const { kernel, bias } = params.words;
    const logits = add(matMul(x, kernel, false, true), bias);
    const full = await number(softmaxCrossEntropy(logits, targets).loss);
    expect(await number(one.loss(params, x, targets).loss)).toBeCloseTo(full, 5);
  });

  it('gives nothing for masked targets, whatever they are, and 0 if all are masked', async () => {
    const params = layer.init(Rng.seeded(2));
    const x = tensor([1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9], [2, 6]) as Tensor2D;
    const targets = tensor1d([5, -7], 'int32');
    const alone = layer.loss(params, slice(x, [0, 0], [1, 6]), tensor1d([5], 'int32'));
    const { value, grads } = valueAndGrad(
      (p) => ({ loss: layer.loss(p, x, targets, { mask: tensor1d([1, 0]) }).loss, aux: [] }),
      params,
    );
    expect(await number(value)).toBeCloseTo(await number(alone.loss), 5);
    const byAlone = valueAndGrad(
      (p) => ({ loss: layer.loss(p, slice(x, [0, 0], [1, 6]), tensor1d([5], 'int32')).loss, aux: [] }),
      params,
    );
    for (const [i, gradient] of tree.leaves(grads).entries()) {
      expectClose(await gradient.data(), await (tree.leaves(byAlone.grads)[i] as Tensor).data());
    }
    expect(await number(layer.loss(params, x, targets, { mask: tensor1d([0, 0]) }).loss)).toBe(0);
  });

  it('leaks no tensors', () => {
    const params = layer.init(Rng.seeded(3));
    const { x } = treeOf<ClassSoftmaxParams>(wanted);
    const before = memory().numTensors;
    const { value, grads } = valueAndGrad((p) => ({ loss: layer.loss(p, x, ids, { mask }).loss, aux: [] }), params);
    tree.dispose([value, grads]);
    expect(memory().numTensors).toBe(before);
    layer.logProbabilities(params, x);
    expect(memory().numTensors).toBe(before + 1);
  });

  it('refuses wrong classes, shapes and ids in one line', () => {
    const make = (classes: unknown) => () => classSoftmax({ inputSize: 6, classes: classes as number[] });
    expect(make([])).toThrow(
      'classSoftmax: classes: expected the class of each id, as wordClasses(counts) returns, got none.',
    );
    expect(make([0, 2, 2])).toThrow('classSoftmax: classes: expected a word in each of 3, got none in class 1.');
    expect(make([0, -1])).toThrow(OptionError);
    const params = layer.init(Rng.seeded(4));
    expect(() => layer.loss(params, tensor([1, 2], [1, 2]), tensor1d([1], 'int32'))).toThrow(ShapeError);
    const outside = () => layer.loss(params, tensor([1, 2, 3, 4, 5, 6], [1, 6]), tensor1d([11], 'int32'));
    if (here) expect(outside).toThrow(DataError);
  });
});
