import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.ts';
import { paddedWidth } from './workspace.ts';

/**
 * A matrix [rows, groups·size] of which each group is padded to whole vectors, and its rows, with zeros, to `depth`; of the
 * groups those from `from` to before `to`, by default all.
 */
type Padding = {
  readonly size: number;
  readonly groups: number;
  readonly depth: number;
  readonly from?: number;
  readonly to?: number;
};

/** A matrix in the panels that `multiply` reads, at an address that is the caller's to free. */
export function packWeights(heap: Heap, weights: TensorInfo, padding: Padding): number {
  const { size, groups, depth, from = 0, to = groups } = padding;
  const width = paddedWidth(size);
  const rows = weights.shape[0] as number;
  const columns = (to - from) * width;
  const packed = heap.allocate(depth * columns);
  let source = heap.addressOf(weights);
  if (width !== size || rows !== depth || to - from !== groups) {
    const values = heap.view(source, rows * groups * size).slice(); // the heap may move
    source = heap.scratch(depth * columns);
    const padded = heap.view(source, depth * columns).fill(0);
    for (let row = 0; row < rows; row++) {
      for (let group = from; group < to; group++) {
        const start = (row * groups + group) * size;
        padded.set(values.subarray(start, start + size), row * columns + (group - from) * width);
      }
    }
  }
  heap.simd.packKernel(0, 0, columns, source, packed, depth, columns);
  return packed;
}

/** Writes rows of `size` floats as rows of `width`, with zeros behind. */
export function writeRows(
  heap: Heap,
  address: number,
  values: Float32Array,
  { size, width }: { readonly size: number; readonly width: number },
): void {
  const rows = values.length / size;
  const target = heap.view(address, rows * width);
  if (size === width) target.set(values);
  else {
    target.fill(0);
    for (let i = 0; i < rows; i++) target.set(values.subarray(i * size, (i + 1) * size), i * width);
  }
}
