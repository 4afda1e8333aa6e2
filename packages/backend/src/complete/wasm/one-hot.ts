import { OneHot, type OneHotAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { WasmBackend } from './heap.ts';

/** `OneHot` on wasm in the requested dtype. tfjs writes integers into a buffer that it then reads as floats. */
export function oneHotOfAnyType(): void {
  provideKernel<{ indices: TensorInfo }, OneHotAttrs, WasmBackend>(
    'wasm',
    OneHot,
    () =>
      ({ inputs, attrs, backend }) => {
        const { depth, dtype, onValue, offValue } = attrs;
        const out = backend.makeOutput([...inputs.indices.shape, depth], dtype);
        const values = backend.typedArrayFromHeap(out).fill(offValue);
        const ids = backend.typedArrayFromHeap(inputs.indices);
        for (const [i, id] of ids.entries()) if (id >= 0 && id < depth) values[i * depth + id] = onValue;
        return out;
      },
  );
}
