import { type TensorInfo, Transpose, type TransposeAttrs, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import type { Values } from '../portable/transpose.ts';
import { type CpuBackend, valuesOf } from './backend.ts';

/** `Transpose` on cpu by iterating over the strides. tfjs computes the index of each number separately, many times slower. */
export function transposeByStrides(): void {
  provideKernel<{ x: TensorInfo }, TransposeAttrs, CpuBackend>('cpu', Transpose, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    if (x.dtype === 'complex64' || x.dtype === 'string' || x.shape.length === 0) return original(call);
    const strides = [...util.computeStrides(x.shape), 1];
    const shape = attrs.perm.map((axis) => x.shape[axis] as number);
    const out = util.getArrayFromDType(x.dtype as 'float32', util.sizeFromShape(shape));
    const steps = attrs.perm.map((axis) => strides[axis] as number);
    if (out.length > 0) copyAxis(valuesOf(backend, x), out, shape, steps, 0, 0, 0);
    return backend.makeTensorInfo(shape, x.dtype, out);
  });
}

/** Copies the elements from `from` on along the axes from `axis` on, with strides `steps`, to `to`; returns the end. */
function copyAxis(
  x: Values,
  out: Values,
  shape: readonly number[],
  steps: readonly number[],
  axis: number,
  from: number,
  to: number,
): number {
  const [size, step] = [shape[axis] as number, steps[axis] as number];
  let next = to;
  if (axis < shape.length - 1) {
    for (let i = 0; i < size; i++) next = copyAxis(x, out, shape, steps, axis + 1, from + i * step, next);
    return next;
  }
  if (step === 1 && size >= 32) {
    out.set(x.subarray(from, from + size), to);
    return to + size;
  }
  for (let i = 0; i < size; i++) out[next++] = x[from + i * step] as number;
  return next;
}
