import { Cast, type CastAttrs, Identity, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { WasmBackend } from './heap.ts';

/**
 * `Identity`, and `Cast` to the same dtype, share the memory on wasm by reference counting, as every other backend does.
 * tfjs copies it, and so copies every tensor that a gradient saves, weights included, once a time step. Tensors are never
 * written in place.
 */
export function shareCopies(): void {
  provideKernel<{ x: TensorInfo }, unknown, WasmBackend>('wasm', Identity, (original) => (call) => {
    const { x } = call.inputs;
    return x.dtype === 'string' ? original(call) : share(call.backend, x);
  });
  provideKernel<{ x: TensorInfo }, CastAttrs, WasmBackend>('wasm', Cast, (original) => (call) => {
    const { x } = call.inputs;
    return x.dtype === 'string' || x.dtype !== call.attrs.dtype ? original(call) : share(call.backend, x);
  });
}

function share(backend: WasmBackend, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}
