import { sumFirstAxes } from '@elman/kernels';
import { Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { WasmBackend } from './heap.ts';

/**
 * `Sum` on wasm over the first axes, the gradient of every bias, down the columns. tfjs transposes the tensor first and sums
 * along rows in scalar code: 30 ms for 19,200 rows of 384.
 */
export function sumDownColumns(): void {
  provideKernel<{ x: TensorInfo }, SumAttrs, WasmBackend>('wasm', Sum, (original) => (call) => {
    const { inputs, attrs } = call;
    const { x } = inputs;
    const axes = util.parseAxisParam(attrs.axis, x.shape);
    const isFirst = axes.length > 0 && axes.length < x.shape.length && axes.every((axis, i) => axis === i);
    if (!isFirst || x.dtype !== 'float32') return original(call);
    const kept = x.shape.slice(axes.length);
    const sum = sumFirstAxes(x, kept);
    if (sum === undefined) return original(call);
    return attrs.keepDims ? { ...sum, shape: [...axes.map(() => 1), ...kept] } : sum;
  });
}
