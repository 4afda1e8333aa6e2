import { backend_util, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Values } from './transpose.ts';

/** Sizes of a lookup: x is [batch, outer, rows, size] here, ids [batch, count] and the result [batch, outer, count, size]. */
export interface Lookup {
  readonly shape: number[];
  readonly batch: number;
  readonly outer: number;
  readonly rows: number;
  readonly size: number;
}

/** Reads the shapes of a lookup. Throws if they do not match, as tfjs does. */
export function lookupOf(x: TensorInfo, indices: TensorInfo, axis: number, batchDims: number): Lookup {
  const plan = backend_util.segment_util.collectGatherOpShapeInfo(x as Tensor, indices as Tensor, axis, batchDims);
  const { batchSize, outerSize, dimSize, sliceSize, outputShape } = plan;
  return { shape: outputShape, batch: batchSize, outer: outerSize, rows: dimSize, size: sliceSize };
}

/** Whether all ids are in range. */
export function areRows(ids: Values, { rows }: Lookup): boolean {
  for (let i = 0; i < ids.length; i++) if ((ids[i] as number) < 0 || (ids[i] as number) >= rows) return false;
  return true;
}

/** Copies the rows of x with these `ids`, in order. */
export function gatherRows(x: Values, ids: Values, out: Values, { batch, outer, rows, size }: Lookup): void {
  const count = ids.length / batch;
  let o = 0;
  for (let i = 0; i < batch * outer; i++) {
    const first = Math.floor(i / outer) * count;
    for (let pick = first; pick < first + count; pick++, o += size) {
      const row = (i * rows + (ids[pick] as number)) * size;
      if (size >= 16) out.set(x.subarray(row, row + size), o);
      else for (let k = 0; k < size; k++) out[o + k] = x[row + k] as number;
    }
  }
}
