import type { TensorInfo } from '@tensorflow/tfjs-core';
import { heapHere } from './simd/here.ts';
import { sizeOf } from './storage.ts';

/**
 * The sums over the first axes of a float32 tensor on the wasm backend, those that leave `shape`: a kernel that replaces
 * the backend's own. Sums are taken in blocks, so that long ones stay exact. Undefined where there is no SIMD.
 */
export function sumFirstAxes(x: TensorInfo, shape: number[]): TensorInfo | undefined {
  const heap = heapHere();
  if (heap === undefined) return undefined;
  const out = heap.make(shape);
  const columns = sizeOf(shape);
  const rows = columns === 0 ? 0 : sizeOf(x.shape) / columns;
  heap.simd.columnSums(0, 0, columns, rows, 4 * columns, heap.addressOf(x), heap.addressOf(out));
  return out;
}
