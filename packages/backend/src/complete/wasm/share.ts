import { Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { WasmBackend } from './heap.ts';

/**
 * `Identity` on wasm shares the memory by counting references, as every other backend does. tfjs copies it, and so copies
 * every tensor that a gradient saves, weights included, once a time step. Tensors are never written in place.
 */
export function shareIdentity(): void {
  provideKernel<{ x: TensorInfo }, unknown, WasmBackend>('wasm', Identity, (original) => (call) => {
    const { x } = call.inputs;
    if (x.dtype === 'string') return original(call);
    call.backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  });
}
