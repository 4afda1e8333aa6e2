import { Rng } from '@elman/core';
import { expectTreesClose } from '@elman/testkit';
import { getBackend, unregisterGradient, unregisterKernel } from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { parametersOf, resultAndGradients, weightsOf } from './reference.ts';

const sizes = { batch: 2, time: 3, hidden: 5 };
const parameters = parametersOf(Rng.seeded(1), sizes);
const weights = weightsOf(Rng.seeded(2), sizes);

/** A second copy of the package. */
async function anotherCopy(): Promise<typeof import('../src/index.ts')> {
  vi.resetModules();
  return await import('../src/index.ts');
}

function forgetKernels(): void {
  for (const name of ['ElmanLstmSequence1', 'ElmanLstmSequence1Grad']) {
    unregisterKernel(name, getBackend());
    unregisterGradient(name);
  }
}

afterEach(() => vi.restoreAllMocks());

it('lets two copies of the package share the kernels of the first', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const [one, other] = [await anotherCopy(), await anotherCopy()];
  expect(one.lstmSequence).not.toBe(other.lstmSequence);
  const first = resultAndGradients(one.lstmSequence, parameters, weights);
  await expectTreesClose(resultAndGradients(other.lstmSequence, parameters, weights), first, {
    relative: 0,
    absolute: 0,
  });
  expect(warn).not.toHaveBeenCalled();
  forgetKernels();
});

it('falls back to JavaScript where WebAssembly is forbidden, and to the ops of the wasm backend', async () => {
  const compiled = await anotherCopy();
  const expected = resultAndGradients(compiled.lstmSequence, parameters, weights);
  forgetKernels();
  vi.spyOn(WebAssembly, 'Module').mockImplementation(function forbidden() {
    throw new WebAssembly.CompileError('forbidden by the Content-Security-Policy');
  });
  const plain = await anotherCopy();
  const sequences = getBackend() === 'cpu' ? 'plain JavaScript' : 'ops of wasm, frame by frame';
  expect(plain.kernelReport()).toMatchObject({ sequences, threads: 1 });
  expect(plain.hasLstmSequence()).toBe(getBackend() === 'cpu');
  await expectTreesClose(resultAndGradients(plain.lstmSequence, parameters, weights), expected);
  vi.restoreAllMocks();
  expect(plain.kernelReport()).toMatchObject({ sequences, threads: 1 });
  expect((await anotherCopy()).kernelReport().lstm).toMatch(/^simd/);
  forgetKernels();
});
