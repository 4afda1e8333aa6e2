import { type Frame, Rng, ShapeError, type Tree, tree, valueAndGrad } from '@elman/core';
import { getBackend, type Scalar, sum, type Tensor3D, zeros } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hasNtmAccess, kernelReport, ntmAccess, useThreads } from '../src/index.ts';
import { haveWorkers } from '../src/simd/workers.ts';

type Given = { readonly memory: Tensor3D; readonly weights: Tensor3D; readonly command: Frame };

function given(batch: number, slots: number, width: number): Given {
  const rng = Rng.seeded(4);
  const draw = (name: string, shape: number[]) => rng.fork(name).tensor(shape, (r) => r.uniform());
  return {
    memory: draw('memory', [batch, slots, width]) as Tensor3D,
    weights: draw('weights', [batch, 2, slots]) as Tensor3D,
    command: draw('command', [batch, 2 * (width + 6) + 2 * width]) as Frame,
  };
}

async function numbers(all: Given): Promise<number[][]> {
  const { value, grads, aux } = valueAndGrad((x: Given) => {
    const results = ntmAccess({ ...x, reads: 1, shifts: 1 });
    return { loss: sum(results.read) as Scalar, aux: results as Tree };
  }, all);
  const found = await Promise.all(tree.leaves([grads, aux]).map(async (x) => [...(await x.data())]));
  tree.dispose([value, grads, aux]);
  return found;
}

it.runIf(hasNtmAccess() && haveWorkers())('is the same on any number of threads, where there are any', async () => {
  const all = given(17, 64, 20);
  useThreads(1);
  const one = await numbers(all);
  useThreads(3);
  while (getBackend() === 'cpu' && kernelReport().threads < 3) {
    await numbers(all);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(await numbers(all)).toEqual(one);
  useThreads(1);
});

it.runIf(hasNtmAccess())('says what does not fit, on cpu and wasm', () => {
  const all = given(2, 5, 3);
  const access = (more: Partial<Given>) => () => ntmAccess({ ...all, ...more, reads: 1, shifts: 1 });
  expect(access({ command: zeros([2, 23]) })).toThrow(ShapeError);
  expect(access({ command: zeros([3, 24]) })).toThrow(/ntmAccess: command/);
  expect(access({ weights: zeros([2, 2, 4]) })).toThrow(/ntmAccess: weights/);
  expect(access({ memory: zeros([2, 5, 3], 'int32') })).toThrow('ntmAccess: memory: expected float32, got int32.');
});
