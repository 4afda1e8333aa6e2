import {
  Equal,
  Greater,
  GreaterEqual,
  Less,
  LessEqual,
  LogicalAnd,
  LogicalOr,
  Maximum,
  Minimum,
  NotEqual,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { type BroadcastWalk, broadcastWalk } from '../broadcast-walk.ts';
import { provideKernel } from '../kernel.ts';
import type { Values } from '../portable/transpose.ts';
import type { WasmBackend } from './heap.ts';

type Loop = (a: Values, b: Values, out: Values, walk: BroadcastWalk) => void;

// A separate loop for each: a function call per number would dominate.
const loops: { readonly [kernelName: string]: Loop } = {
  [Equal]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = +(a[i] === b[j]);
  },
  [NotEqual]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = +(a[i] !== b[j]);
  },
  [Greater]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = +((a[i] as number) > (b[j] as number));
    }
  },
  [GreaterEqual]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = +((a[i] as number) >= (b[j] as number));
    }
  },
  [Less]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = +((a[i] as number) < (b[j] as number));
    }
  },
  [LessEqual]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = +((a[i] as number) <= (b[j] as number));
    }
  },
  [LogicalAnd]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = (a[i] as number) & (b[j] as number);
    }
  },
  [LogicalOr]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = (a[i] as number) | (b[j] as number);
    }
  },
  [Maximum]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = Math.max(a[i] as number, b[j] as number);
    }
  },
  [Minimum]: (a, b, out, { rows, length, stepA, stepB }) => {
    let o = 0;
    for (let [i, j] of rows) {
      for (let k = 0; k < length; k++, i += stepA, j += stepB) out[o++] = Math.min(a[i] as number, b[j] as number);
    }
  },
};

/**
 * Comparisons, `LogicalAnd`, `LogicalOr`, `Maximum` and `Minimum` on wasm by loops over the heap. tfjs calls a function
 * for each number, and computes its index if a side is broadcast: [2500, 64] with a column takes it 7.5 ms, the loops
 * 0.2.
 */
export function compareInPlainLoops(): void {
  for (const [kernelName, loop] of Object.entries(loops)) {
    provideKernel<{ a: TensorInfo; b: TensorInfo }, unknown, WasmBackend>('wasm', kernelName, (original) => (call) => {
      const { inputs, backend } = call;
      const { a, b } = inputs;
      if (a.dtype === 'string' || a.dtype === 'complex64') return original(call);
      const walk = broadcastWalk(a.shape, b.shape);
      const out = backend.makeOutput(walk.shape, kernelName === Maximum || kernelName === Minimum ? a.dtype : 'bool');
      if (util.sizeFromShape(walk.shape) === 0) return out;
      const [x, y, z] = [a, b, out].map((tensor) => backend.typedArrayFromHeap(tensor)) as [Values, Values, Values];
      loop(x, y, z, walk);
      return out;
    });
  }
}
