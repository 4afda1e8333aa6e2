import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.ts';
import { paddedWidth } from './workspace.ts';

/** A matrix [rows, groups·size] of which each group is padded to whole vectors, and its rows, with zeros, to `depth`. */
type Padding = { readonly size: number; readonly groups: number; readonly depth: number };

/** A matrix in the panels that `multiply` reads, at an address that is the caller's to free. */
export function packWeights(heap: Heap, weights: TensorInfo, { size, groups, depth }: Padding): number {
  const width = paddedWidth(size);
  const rows = weights.shape[0] as number;
  const columns = groups * width;
  const packed = heap.allocate(depth * columns);
  let source = heap.addressOf(weights);
  if (width !== size || rows !== depth) {
    const values = heap.view(source, rows * groups * size).slice();
    source = heap.scratch(depth * columns);
    const padded = heap.view(source, depth * columns).fill(0);
    for (let i = 0; i < rows * groups; i++) padded.set(values.subarray(i * size, (i + 1) * size), i * width);
  }
  heap.simd.packKernel(0, 0, columns, source, packed, depth, columns);
  return packed;
}
