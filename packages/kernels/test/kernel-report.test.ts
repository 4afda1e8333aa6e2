import { getBackend } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { kernelReport } from '../src/index.ts';

// libtensorflow is tested in tensorflow.test.ts, and the case without WebAssembly in copies.node.test.ts.
it('names what runs sequences on the active backend, each and in one line', () => {
  const { threads, lostThreads, sequences, ...each } = kernelReport();
  expect(threads).toBeGreaterThanOrEqual(1);
  expect(lostThreads).toBe(0);
  expect(Object.keys(each)).toEqual(['lstm', 'peepholeLstm', 'gru', 'resetBeforeGru', 'simpleRnn']);
  const [what, ...others] = new Set(Object.values(each));
  expect(others).toEqual([]);
  if (['webgl', 'webgpu'].includes(getBackend())) {
    expect(what).toBe(getBackend());
    expect(sequences).toBe(`shaders of ${what}`);
  } else {
    expect(what).toMatch(/^(wide )?simd(\+fma)?$/);
    expect(sequences).toBe(`WebAssembly, ${what}`);
  }
});
