import type { TensorInfo } from '@tensorflow/tfjs-core';
import { heapHere } from './simd/here.ts';
import { sizeOf } from './storage.ts';

/**
 * Gathers rows of a table by int32 ids, all in range, into `out`, on the wasm backend; elements of four bytes of any type.
 *
 * @returns false, with nothing done, where there is no SIMD.
 */
export function gatherRowsOnHeap(table: TensorInfo, ids: TensorInfo, out: TensorInfo, size: number): boolean {
  const heap = heapHere();
  if (heap === undefined) return false;
  const [from, by, to] = [table, ids, out].map((tensor) => heap.addressOf(tensor)) as [number, number, number];
  heap.simd.gatherRows(0, 0, sizeOf(ids.shape), from, by, to, size);
  return true;
}

/**
 * Adds float32 rows to the rows of `out` with these int32 ids, in their order, on the wasm backend. An id out of range
 * is skipped.
 *
 * @returns false, with nothing done, where there is no SIMD.
 */
export function addRowsOnHeap(values: TensorInfo, ids: TensorInfo, out: TensorInfo, rows: number): boolean {
  const heap = heapHere();
  if (heap === undefined) return false;
  const [from, by, to] = [values, ids, out].map((tensor) => heap.addressOf(tensor)) as [number, number, number];
  const size = rows === 0 ? 0 : sizeOf(out.shape) / rows;
  heap.simd.addRows(0, 0, size, from, by, to, sizeOf(ids.shape), rows, size);
  return true;
}
