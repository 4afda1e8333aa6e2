import type { Sequence } from '@elman/core';
import { tidy, zeros } from '@tensorflow/tfjs-core';
import { compiledScan } from '../../src/compiler/compiled-scan.ts';
import { cellOf, HIDDEN, h0, INPUT } from './cells.ts';

/** Whether steps are compiled on the active backend at all. */
export function compilesHere(): boolean {
  const cell = cellOf({}, h0, (_, { h }) => ({ output: h, state: { h } }), HIDDEN);
  let steps: unknown;
  tidy(() => {
    steps = compiledScan(cell, {}, h0(1), zeros([1, 1, INPUT]) as Sequence, { context: undefined });
  });
  return steps !== undefined;
}
