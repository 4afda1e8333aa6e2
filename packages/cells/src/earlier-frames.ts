import type { Frame, ScanOptions, Sequence } from '@elman/core';
import { linearScan } from '@elman/kernels';
import {
  add,
  cast,
  concat,
  expandDims,
  mul,
  notEqual,
  reshape,
  slice,
  sub,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';

/** The inputs of the frames before the current one, from the earliest, each [batch, inputSize]. */
export type EarlierFrames = { readonly earlier: readonly Frame[] };

/** So many frames of zeros. */
export function noFrames(count: number, batchSize: number, inputSize: number): Frame[] {
  return Array.from({ length: count }, () => zeros([batchSize, inputSize]) as Frame);
}

/**
 * The inputs `earlier` frames ago, and the current ones, from the earliest on, each [batch, time, inputSize]; and those
 * that are before the next frame. Under a mask, those are the last real ones.
 */
export function windowsOf(
  earlier: readonly Frame[],
  inputs: Sequence,
  options: Pick<ScanOptions, 'mask' | 'reverse'>,
): { readonly seen: readonly Sequence[]; readonly last: readonly Frame[] } {
  const seen = [inputs];
  const last: Frame[] = [];
  for (const first of [...earlier].reverse()) {
    const before = delayed(seen[0] as Sequence, first, options);
    seen.unshift(before.frames);
    last.unshift(before.last);
  }
  return { seen, last };
}

/**
 * The frame before each frame in the direction of the scan, under a mask the last real one before it, `first` before all of them;
 * and the last real one of all.
 */
function delayed(
  x: Sequence,
  first: Frame,
  { mask, reverse = false }: Pick<ScanOptions, 'mask' | 'reverse'>,
): { frames: Sequence; last: Frame } {
  const time = x.shape[1];
  let held = x;
  if (mask !== undefined) {
    const real = cast(notEqual(expandDims(mask, 2), 0), 'float32');
    const a: Sequence = add(zerosLike(x), sub(1, real));
    held = linearScan({ a, b: mul<Sequence>(x, real), h: first, reverse }).outputs;
  }
  const part = (from: number, size: number): Sequence => slice(held, [0, from, 0], [-1, size, -1]);
  const start: Sequence = expandDims(first, 1);
  const rest = time === 1 ? [] : [part(reverse ? 1 : 0, time - 1)];
  return {
    frames: time === 1 ? start : concat(reverse ? [...rest, start] : [start, ...rest], 1),
    last: reshape(part(reverse ? 0 : time - 1, 1), first.shape),
  };
}
