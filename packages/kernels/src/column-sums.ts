import { engine, type TensorInfo } from '@tensorflow/tfjs-core';
import { heapOf } from './simd/heap.ts';
import { sizeOf } from './storage.ts';

/** What we use of the wasm backend. */
type Backend = { makeOutput(shape: number[], dtype: 'float32'): TensorInfo };

/**
 * The sums over the first axes of a float32 tensor on the wasm backend, as many as leave `shape`: a kernel, for a backend to use in
 * the place of its own. Sums are taken in blocks, so that long ones stay exact. Undefined where there is no SIMD.
 */
export function sumFirstAxes(x: TensorInfo, shape: number[]): TensorInfo | undefined {
  const { backend } = engine();
  const heap = heapOf(backend);
  if (heap === undefined) return undefined;
  const out = (backend as unknown as Backend).makeOutput(shape, 'float32');
  const columns = sizeOf(shape);
  const rows = columns === 0 ? 0 : sizeOf(x.shape) / columns;
  heap.simd.columnSums(0, 0, columns, rows, 4 * columns, heap.addressOf(x), heap.addressOf(out));
  return out;
}
