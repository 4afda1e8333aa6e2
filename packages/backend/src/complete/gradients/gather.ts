import {
  add,
  GatherV2,
  type GatherV2Attrs,
  range,
  reshape,
  type Tensor,
  transpose,
  unsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/**
 * `GatherV2`, every embedding lookup: the rows of dy summed by index. tfjs transposes even if axis
 * is 0, and with batch dimensions uses chained operations, which are not registered in a page.
 */
export function gatherGradient(): void {
  provideGradient(GatherV2, () => ({
    inputsToSave: ['x', 'indices'],
    gradFunc: (dy, saved, attrs) => {
      const [x, indices] = saved as [Tensor, Tensor];
      const { axis, batchDims } = attrs as unknown as GatherV2Attrs;
      return { x: () => scatterRows(dy as Tensor, x.shape, indices, axis, batchDims), indices: () => indices };
    },
  }));
}

/** x is [batch, outer, rows, inner] here, indices [batch, picks] and dy [batch, outer, picks, inner]. */
function scatterRows(dy: Tensor, shape: number[], indices: Tensor, axis: number, batchDims: number): Tensor {
  const at = util.parseAxisParam(axis, shape)[0] as number;
  const batch = util.sizeFromShape(shape.slice(0, batchDims));
  const outer = util.sizeFromShape(shape.slice(batchDims, at));
  const rows = shape[at] as number;
  const inner = util.sizeFromShape(shape.slice(at + 1));
  const picks = indices.size / batch;
  const swap = (tensor: Tensor, sizes: number[]): Tensor =>
    outer === 1 || sizes.includes(0) ? tensor : transpose(reshape(tensor, sizes), [0, 2, 1, 3]);
  const picked = reshape(swap(dy, [batch, outer, picks, inner]), [batch * picks, outer * inner]);
  const offsets = (): Tensor => reshape(range(0, batch * rows, rows, 'int32'), [batch, 1]);
  const ids = batch === 1 ? indices : add(reshape(indices, [batch, picks]), offsets());
  const summed = unsortedSegmentSum(picked as never, reshape(ids, [-1]) as never, batch * rows);
  return reshape(swap(summed, [batch, rows, outer, inner]), shape);
}
