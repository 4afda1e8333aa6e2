import { type Tree, valueAndGrad } from '@elman/core';
import { mul, type Scalar, sum, type Tensor, type Tensor1D, type Tensor3D, tensor } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import made from '../fixtures/pytorch.json' with { type: 'json' };
import { binaryCrossEntropy, causalConv1d, layerNorm, rmsNorm, softmaxCrossEntropy } from '../src/index.ts';
import { number } from './differences.ts';

type Leaves = { readonly [name: string]: Tensor };
type Case = {
  readonly loss: number;
  readonly inputs: { readonly [name: string]: { readonly shape: number[]; readonly values: number[] } };
  readonly gradients: { readonly [name: string]: number[] };
};

const ids = tensor(made.ids, undefined, 'int32');
const mask = tensor(made.mask);
const leaf = (of: Leaves, name: string): Tensor => of[name] as Tensor;
const affine = (of: Leaves): { gain: Tensor1D; bias: Tensor1D } => of as never;
const weighed = (y: Tensor, of: Leaves): Scalar => sum(mul(y, leaf(of, 'weights')));
const convolution = causalConv1d({ inputSize: 3, outputSize: 2, kernelSize: 3, dilation: 2 });

const losses: { [name in keyof typeof made.cases]: (of: Leaves) => Scalar } = {
  crossEntropy: (of) => softmaxCrossEntropy(leaf(of, 'logits'), ids, { mask }).loss,
  smoothed: (of) => softmaxCrossEntropy(leaf(of, 'logits'), ids, { mask, labelSmoothing: 0.1 }).loss,
  binaryCrossEntropy: (of) => binaryCrossEntropy(leaf(of, 'logits'), leaf(of, 'targets')).loss,
  layerNorm: (of) => weighed(layerNorm({ size: 4 }).apply(affine(of), leaf(of, 'x')), of),
  rmsNorm: (of) => weighed(rmsNorm({ size: 4 }).apply(affine(of), leaf(of, 'x')), of),
  causalConv1d: (of) => weighed(convolution.apply(of as never, leaf(of, 'x') as Tensor3D), of),
};

describe(`agrees with PyTorch ${made.made.torch}`, () => {
  it.each(Object.keys(losses) as (keyof typeof losses)[])('%s', async (name) => {
    const wanted: Case = made.cases[name];
    const leaves: { [name: string]: Tree } = Object.fromEntries(
      Object.entries(wanted.inputs).map(([key, { shape, values }]) => [key, tensor(values, shape)]),
    );
    const { value, grads } = valueAndGrad((of) => ({ loss: losses[name](of as Leaves), aux: [] }), leaves);
    expect(Math.abs((await number(value)) - wanted.loss)).toBeLessThan(1e-5 * Math.max(1, Math.abs(wanted.loss)));
    for (const [key, gradient] of Object.entries(wanted.gradients)) {
      const got = await leaf(grads as Leaves, key).data();
      const largest = Math.max(...gradient.map(Math.abs));
      const error = Math.max(...gradient.map((g, i) => Math.abs(g - (got[i] as number))));
      expect(error / largest, key).toBeLessThan(1e-5);
    }
  });
});
