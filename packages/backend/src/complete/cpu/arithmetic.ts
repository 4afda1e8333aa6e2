import { Add, broadcast_util, Multiply, RealDiv, Sub, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { broadcastWalk } from '../broadcast-walk.ts';
import { provideKernel } from '../kernel.ts';
import { type CpuBackend, valuesOf } from './backend.ts';

/** out = a ∘ b, where a and b repeat cyclically. */
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
 * `Add`, `Sub`, `Multiply` and `RealDiv` of float32 on cpu in one plain loop each. tfjs calls a function for each number, and builds
 * arrays for each that is broadcast: [2500, 64] by a column takes it 9 ms, this 0.5.
 */
export function addInPlainLoops(): void {
  for (const [kernelName, loop] of Object.entries(loops)) {
    provideKernel<{ a: TensorInfo; b: TensorInfo }, unknown, CpuBackend>('cpu', kernelName, (original) => (call) => {
      const { inputs, backend } = call;
      const { a, b } = inputs;
      if (a.dtype !== 'float32' || b.dtype !== 'float32') return original(call);
      const shape = broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
      const out = new Float32Array(util.sizeFromShape(shape));
      if (out.length > 0) loop(spread(backend, a, shape), spread(backend, b, shape), out);
      return backend.makeTensorInfo(shape, 'float32', out);
    });
  }
}

/** The data of a tensor, expanded to the broadcast shape, or unexpanded if it only repeats cyclically. */
function spread(backend: CpuBackend, x: TensorInfo, shape: readonly number[]): Float32Array {
  const values = valuesOf(backend, x) as Float32Array;
  if (isEnd(x.shape, shape)) return values;
  const { rows, length, stepA } = broadcastWalk(x.shape, shape);
  const out = new Float32Array(rows.length * length);
  let o = 0;
  for (let [i] of rows) for (let k = 0; k < length; k++, i += stepA) out[o++] = values[i] as number;
  return out;
}

/** Whether the axes of `shape` are the last ones of `whole`. */
function isEnd(shape: readonly number[], whole: readonly number[]): boolean {
  const offset = whole.length - shape.length;
  return shape.every((size, axis) => size === whole[offset + axis]);
}
