import type { Sequence } from '@elman/core';
import { getBackend, tidy, zeros } from '@tensorflow/tfjs-core';
import { compiledScan } from '../../src/compiler/compiled-scan.ts';
import { cellOf, HIDDEN, h0, INPUT } from './cells.ts';

/** Whether steps are compiled on the active backend at all, and numbers can be read at once: on webgpu they cannot. */
export function compilesHere(): boolean {
  if (getBackend() === 'webgpu') return false;
  const cell = cellOf({}, h0, (_, { h }) => ({ output: h, state: { h } }), HIDDEN);
  let steps: unknown;
  tidy(() => {
    steps = compiledScan(cell, {}, h0(1), zeros([1, 1, INPUT]) as Sequence, { context: undefined });
  });
  return steps !== undefined;
}
