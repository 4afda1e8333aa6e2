import { Add, Multiply, RealDiv, Sub, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import { type CpuBackend, valuesOf } from './backend.ts';

/** out = a ∘ b, where each of a and b starts again from its beginning whenever it ends. */
type Loop = (a: Float32Array, b: Float32Array, out: Float32Array) => void;

const loops: { readonly [kernelName: string]: Loop } = {
  [Add]: (a, b, out) => {
    for (let i = 0, j = 0, k = 0; i < out.length; i++) {
      out[i] = (a[j] as number) + (b[k] as number);
      if (++j === a.length) j = 0;
      if (++k === b.length) k = 0;
    }
  },
  [Sub]: (a, b, out) => {
    for (let i = 0, j = 0, k = 0; i < out.length; i++) {
      out[i] = (a[j] as number) - (b[k] as number);
      if (++j === a.length) j = 0;
      if (++k === b.length) k = 0;
    }
  },
  [Multiply]: (a, b, out) => {
    for (let i = 0, j = 0, k = 0; i < out.length; i++) {
      out[i] = (a[j] as number) * (b[k] as number);
      if (++j === a.length) j = 0;
      if (++k === b.length) k = 0;
    }
  },
  [RealDiv]: (a, b, out) => {
    for (let i = 0, j = 0, k = 0; i < out.length; i++) {
      out[i] = (a[j] as number) / (b[k] as number);
      if (++j === a.length) j = 0;
      if (++k === b.length) k = 0;
    }
  },
};

/**
 * `Add`, `Sub`, `Multiply` and `RealDiv` of float32 on cpu in one plain loop each, where the shapes are equal or one is the
 * end of the other (a bias, a scalar). tfjs calls a function for each number, and builds arrays for each that is broadcast.
 */
export function addInPlainLoops(): void {
  for (const [kernelName, loop] of Object.entries(loops)) {
    provideKernel<{ a: TensorInfo; b: TensorInfo }, unknown, CpuBackend>('cpu', kernelName, (original) => (call) => {
      const { a, b } = call.inputs;
      const shape = a.shape.length >= b.shape.length ? a.shape : b.shape;
      const plain = a.dtype === 'float32' && b.dtype === 'float32' && isEnd(a.shape, shape) && isEnd(b.shape, shape);
      if (!plain) return original(call);
      const out = new Float32Array(util.sizeFromShape(shape));
      loop(valuesOf(call.backend, a) as Float32Array, valuesOf(call.backend, b) as Float32Array, out);
      return call.backend.makeTensorInfo(shape, 'float32', out);
    });
  }
}

/** Whether the axes of `shape` are the last ones of `whole`. */
function isEnd(shape: readonly number[], whole: readonly number[]): boolean {
  const offset = whole.length - shape.length;
  return shape.every((size, axis) => size === whole[offset + axis]);
}
