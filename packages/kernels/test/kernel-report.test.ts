import { getBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { kernelReport } from '../src/index.ts';

// libtensorflow is tested in tensorflow.test.ts, and the case without WebAssembly in copies.node.test.ts.
it('names what runs sequences on the active backend, in a word and in a line', () => {
  const { threads, lostThreads, sequences, engine } = kernelReport();
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(lostThreads).toBe(0);
  if (['webgl', 'webgpu'].includes(getBackend())) {
    expect(engine).toBe(getBackend());
    expect(sequences).toBe(`shaders of ${engine}`);
  } else {
    expect(engine).toMatch(/^(wide )?simd(\+fma)?$/);
    expect(sequences).toBe(`WebAssembly, ${engine}`);
  }
});
