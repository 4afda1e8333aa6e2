import type { Cell, ScanOptions, Sequence, Steps, Tree } from '@elman/core';
import { compiledScan } from '@elman/kernels';
import { scanFrames } from './scan-frames.ts';

/**
 * A cell over checked inputs: by its compiled step where there is one (see `compiledScan`), else by its `scan` if it has one, else by its
 * `step`. A combinator calls it on its parts: shapes have been checked and padding blanked by `unroll` before.
 */
export function run<P extends Tree, S extends Tree, C>(
  cell: Cell<P, S, C>,
  params: P,
  state: S,
  inputs: Sequence,
  options: ScanOptions<C>,
): Steps<S> {
  const { context, mask, reverse, rng } = options;
  const compiled = compiledScan(cell, params, state, inputs, { context, mask, reverse, rng });
  if (compiled !== undefined) return compiled;
  const scanned = cell.scan?.(params, state, inputs, { context, mask, reverse, rng });
  if (scanned !== undefined) return scanned;
  const frame = (s: S, x: Parameters<typeof cell.step>[2], t: number): ReturnType<typeof cell.step> =>
    cell.step(params, s, x, context, rng?.frame(t));
  return scanFrames(frame, state, inputs, { mask, reverse });
}
