import { StridedSlice, type StridedSliceAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import { copyRuns, type WasmBackend } from './heap.ts';

/** `StridedSlice` on wasm that keeps the dtype. tfjs moves the correct bits but labels them float32. */
export function stridedSliceOfAnyType(): void {
  provideKernel<{ x: TensorInfo }, StridedSliceAttrs, WasmBackend>('wasm', StridedSlice, (original) => (call) => {
    const { inputs, backend } = call;
    const sliced = original(call) as TensorInfo;
    if (sliced.dtype === inputs.x.dtype) return sliced;
    const out = backend.makeOutput(sliced.shape, inputs.x.dtype);
    copyRuns(backend, sliced, out, { start: 0, stride: 0, run: util.sizeFromShape(sliced.shape), count: 1 });
    backend.disposeData(sliced.dataId);
    return out;
  });
}
