import type { Tensor } from '@tensorflow/tfjs-core';
import { valuesHere } from '../values-here.ts';
import type { CompiledMemory } from './compiled-memory.ts';
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

/** A matrix packed in panels for `multiplyRows`, at an address that the caller frees. */
export function packWeights(memory: CompiledMemory, weights: Tensor, padding: Padding): number {
  const { size, groups, depth, from = 0, to = groups } = padding;
  const width = paddedWidth(size);
  const columns = (to - from) * width;
  const packed = memory.allocate(depth * columns);
  const source = memory.allocate(depth * columns);
  const padded = memory.view(source, depth * columns);
  const values = valuesHere(weights);
  if (values.length === padded.length) padded.set(values);
  else {
    padded.fill(0);
    for (let row = 0; row < (weights.shape[0] as number); row++) {
      for (let group = from; group < to; group++) {
        const start = (row * groups + group) * size;
        padded.set(values.subarray(start, start + size), row * columns + (group - from) * width);
      }
    }
  }
  memory.simd.packKernel(0, 0, columns, source, 4 * columns, packed, depth, columns);
  memory.free(source);
  return packed;
}

/** Rows of `size` floats, each padded with zeros to whole vectors, at an address that the caller frees. */
export function copyRows(memory: CompiledMemory, rows: readonly Tensor[], size: number): number {
  const width = paddedWidth(size);
  const floats = rows.reduce((sum, row) => sum + (row.size / size) * width, 0);
  const address = memory.allocate(floats);
  let to = address;
  for (const row of rows) {
    writeRows(memory, to, valuesHere(row), { size, width });
    to += 4 * (row.size / size) * width;
  }
  return address;
}

/** Writes rows of `size` floats as rows of `width`, padded with zeros. */
export function writeRows(
  memory: CompiledMemory,
  address: number,
  values: Float32Array,
  { size, width }: { readonly size: number; readonly width: number },
): void {
  const rows = values.length / size;
  const target = memory.view(address, rows * width);
  if (size === width) target.set(values);
  else {
    target.fill(0);
    for (let i = 0; i < rows; i++) target.set(values.subarray(i * size, (i + 1) * size), i * width);
  }
}
