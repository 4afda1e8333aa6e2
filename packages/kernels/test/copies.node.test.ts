import { type Frame, Rng, type Sequence, valueAndGrad } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { type Scalar, sum, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { draw } from './describe-sequence.ts';
import { lstmCase } from './sequence-cases.ts';

type Copy = typeof import('../src/index.ts');

/** A second copy of the package. */
async function anotherCopy(): Promise<Copy> {
  vi.resetModules();
  return await import('../src/index.ts');
}

const exactly = { relative: 0, absolute: 0 };

afterEach(() => vi.restoreAllMocks());

it('lets two copies of the package share the kernels of the first', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const rng = Rng.seeded(1);
  const inputs = {
    x: draw(rng.fork('x'), [5, 3]) as Tensor2D,
    kernel: draw(rng.fork('kernel'), [3, 4]) as Tensor2D,
    bias: draw(rng.fork('bias'), [4]) as Tensor1D,
  };
  const resultsOf = ({ affine, normOfAll }: Copy) => {
    const { value, grads } = valueAndGrad((given: typeof inputs) => {
      return { loss: sum(affine(given)) as Scalar, aux: {} };
    }, inputs);
    return { value, grads, norm: normOfAll(Object.values(inputs)) as Scalar };
  };
  const [one, other] = [await anotherCopy(), await anotherCopy()];
  expect(one.affine).not.toBe(other.affine);
  await expectTreesClose(resultsOf(other), resultsOf(one), exactly);
  expect(warn).not.toHaveBeenCalled();
});

it('runs plans in JavaScript where WebAssembly is forbidden', async () => {
  const { inputs, cellOf } = lstmCase;
  const { projected, h, c, recurrentKernel } = inputs(Rng.seeded(1), { batch: 2, time: 3, hidden: 5 });
  const resultsOf = ({ compiledScan }: Copy) => {
    const run = (given: { projected: Sequence; recurrentKernel: Tensor2D; h: Frame; c: Frame }) => {
      const { projected, h, c, ...params } = given;
      // Another cell, since a step is compiled once for each.
      const steps = compiledScan({ ...cellOf(20, 5) }, params, { h, c }, projected, { context: undefined });
      if (steps === undefined) throw new Error('expected a step that compiles');
      return { loss: sum(steps.outputs) as Scalar, aux: { ...steps } };
    };
    const { grads, aux } = valueAndGrad(run, { projected, recurrentKernel, h, c });
    return { grads, aux };
  };
  const expected = resultsOf(await anotherCopy());
  vi.spyOn(WebAssembly, 'Module').mockImplementation(function forbidden() {
    throw new WebAssembly.CompileError('forbidden by the Content-Security-Policy');
  });
  const plain = await anotherCopy();
  const report = { engine: 'javascript', sequences: 'plain JavaScript', threads: 1 };
  expect(plain.kernelReport()).toMatchObject(report);
  await expectTreesClose(resultsOf(plain), expected);
  vi.restoreAllMocks();
  expect(plain.kernelReport()).toMatchObject(report);
  expect((await anotherCopy()).kernelReport().engine).toMatch(/^simd/);
});
