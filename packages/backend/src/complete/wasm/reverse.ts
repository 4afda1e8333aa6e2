import { cast, Reverse, type ReverseAttrs, reverse, type Tensor } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';

/** `Reverse` of bool on wasm. tfjs moves four bytes for each, which has one, and so writes past the end. */
export function reverseOfAnyType(): void {
  provideKernel<{ x: Tensor }, ReverseAttrs, unknown>('wasm', Reverse, (original) => (call) => {
    const { x } = call.inputs;
    return x.dtype === 'bool' ? cast(reverse(cast(x, 'int32'), call.attrs.dims), 'bool') : original(call);
  });
}
