import { gatherRowsOnHeap } from '@elman/kernels';
import { backend_util, GatherV2, type GatherV2Attrs, type Tensor, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { WasmBackend } from './heap.ts';

/**
 * `GatherV2` on wasm, every embedding lookup, by copying whole rows. tfjs works out the place of each number by itself:
 * 2,500 rows of 64 take it 3.6 ms, the copies 0.1.
 */
export function gatherByRows(): void {
  provideKernel<{ x: TensorInfo; indices: TensorInfo }, GatherV2Attrs, WasmBackend>('wasm', GatherV2, (original) => {
    return (call) => {
      const { inputs, attrs, backend } = call;
      const { x, indices } = inputs;
      const axis = util.parseAxisParam(attrs.axis, x.shape)[0] as number;
      const plan = backend_util.segment_util.collectGatherOpShapeInfo(
        x as Tensor,
        indices as Tensor,
        axis,
        attrs.batchDims,
      );
      const { batchSize, outerSize, dimSize, sliceSize, outputShape } = plan;
      const ids = backend.typedArrayFromHeap(indices);
      // tfjs says which index is out of range.
      if (x.dtype === 'string' || ids.some((id) => id < 0 || id >= dimSize)) return original(call);
      const out = backend.makeOutput(outputShape, x.dtype);
      const isTable = batchSize * outerSize === 1 && x.dtype !== 'bool';
      if (isTable && gatherRowsOnHeap(x, indices, out, sliceSize)) return out;
      const [from, to, picks] = [x, out, indices].map((tensor) => backend.typedArrayFromHeap(tensor)) as [
        Float32Array,
        Float32Array,
        Int32Array,
      ];
      const count = picks.length / batchSize;
      let o = 0;
      for (let outer = 0; outer < batchSize * outerSize; outer++) {
        const first = Math.floor(outer / outerSize) * count;
        for (let i = first; i < first + count; i++, o += sliceSize) {
          const row = (outer * dimSize + (picks[i] as number)) * sliceSize;
          if (sliceSize >= 16) to.set(from.subarray(row, row + sliceSize), o);
          else for (let k = 0; k < sliceSize; k++) to[o + k] = from[row + k] as number;
        }
      }
      return out;
    };
  });
}
