import { memory, mul, type Scalar, square, sum, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ShapeError, tree, valueAndGrad, withoutGradient } from '../src/index.ts';

describe('valueAndGrad', () => {
  let before = 0;
  beforeEach(() => {
    before = memory().numTensors;
  });
  const live = (): number => memory().numTensors - before;
  afterEach(() => expect(live()).toBe(0));

  it('returns the loss, its gradient w.r.t. every leaf, and the auxiliary tree', async () => {
    const params = { a: tensor1d([1, 2, 3]), layers: [{ b: tensor1d([2]) }] };
    const result = valueAndGrad((p) => {
      const loss = sum(mul(square(p.a), p.layers[0]?.b as never)) as Scalar;
      return { loss, aux: { twice: mul(p.a, 2) } };
    }, params);
    expect(await result.value.data()).toEqual(Float32Array.of(28));
    expect(await result.grads.a.data()).toEqual(Float32Array.of(4, 8, 12));
    expect(await (result.grads.layers[0] as { b: typeof params.a }).b.data()).toEqual(Float32Array.of(14));
    expect(await result.aux.twice.data()).toEqual(Float32Array.of(2, 4, 6));
    tree.dispose([result, params]);
  });

  it('returns zeros for a parameter that the loss does not depend on', async () => {
    const params = { used: tensor1d([3]), unused: tensor2d([[1, 2]]) };
    const { value, grads } = valueAndGrad((p) => ({ loss: sum(square(p.used)) as Scalar, aux: {} }), params);
    expect(await grads.unused.data()).toEqual(new Float32Array(2));
    expect(grads.unused.shape).toEqual([1, 2]);
    tree.dispose([params, value, grads]);
  });

  it('returns tensors that the surrounding scope disposes of', () => {
    const params = { a: tensor1d([1]) };
    tidy(() => {
      valueAndGrad((p) => ({ loss: sum(p.a) as Scalar, aux: { kept: mul(p.a, 3) } }), params);
    });
    expect(live()).toBe(1);
    params.a.dispose();
  });

  it('returns aux that contains the parameters as independent copies', () => {
    const params = { a: tensor1d([1]) };
    const { value, grads, aux } = valueAndGrad((p) => ({ loss: sum(p.a) as Scalar, aux: { same: p.a } }), params);
    tree.dispose([value, grads, aux]);
    expect(params.a.isDisposed).toBe(false);
    params.a.dispose();
  });

  it('leaks nothing when the loss throws', () => {
    const params = { a: tensor1d([1, 2]) };
    const broken = (p: typeof params): never => {
      sum(square(square(p.a)));
      throw new Error('broken');
    };
    for (let i = 0; i < 3; i++) expect(() => valueAndGrad(broken, params)).toThrow('broken');
    params.a.dispose();
  });

  it('requires a scalar loss and float32 parameters', () => {
    const params = { a: tensor1d([1, 2]) };
    const vector = (p: typeof params) => ({ loss: square(p.a) as unknown as Scalar, aux: {} });
    expect(() => valueAndGrad(vector, params)).toThrow(
      new ShapeError('valueAndGrad: loss: expected a scalar, got [2].'),
    );
    const whole = { a: tensor1d([1, 2], 'int32') };
    expect(() => valueAndGrad((p) => ({ loss: sum(p.a) as Scalar, aux: {} }), whole)).toThrow(
      new ShapeError('valueAndGrad: a: expected float32, got int32.'),
    );
    tree.dispose([params, whole]);
  });
});

describe('withoutGradient', () => {
  it('makes a constant of what depends on a parameter', async () => {
    const params = { a: tensor1d([3]) };
    const { value, grads } = valueAndGrad((p) => {
      const constant = withoutGradient(() => square(p.a));
      return { loss: sum(mul(p.a, constant)) as Scalar, aux: {} };
    }, params);
    expect(await value.data()).toEqual(Float32Array.of(27));
    expect(await grads.a.data()).toEqual(Float32Array.of(9));
  });

  it('records again after an error', async () => {
    const params = { a: tensor1d([3]) };
    const broken = (): never => {
      throw new Error('broken');
    };
    expect(() => withoutGradient(broken)).toThrow('broken');
    const { grads } = valueAndGrad((p) => ({ loss: sum(square(p.a)) as Scalar, aux: {} }), params);
    expect(await grads.a.data()).toEqual(Float32Array.of(6));
  });
});
