import { sumFirstAxes } from '@elman/kernels';
import { Sum, type SumAttrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type CpuBackend, valuesOf } from './cpu/backend.ts';
import { provideKernel } from './kernel.ts';
import { sumColumns } from './portable/sum.ts';
import type { WasmBackend } from './wasm/heap.ts';

type Inputs = { x: TensorInfo };

/**
 * `Sum` of float32 over the first axes, the gradient of every bias, down the columns. tfjs transposes the tensor first and sums
 * along rows: on wasm in scalar code, 30 ms for 19,200 rows of 384; on cpu 8 ms for 2,500 of 64.
 */
export function sumOnWasm(): void {
  provideKernel<Inputs, SumAttrs, WasmBackend>('wasm', Sum, (original) => (call) => {
    const shape = columnsOf(call.inputs, call.attrs);
    const sum = shape && sumFirstAxes(call.inputs.x, shape.columns);
    return sum ? { ...sum, shape: shape.out } : original(call);
  });
}

/** The same on cpu. */
export function sumOnCpu(): void {
  provideKernel<Inputs, SumAttrs, CpuBackend>('cpu', Sum, (original) => (call) => {
    const shape = columnsOf(call.inputs, call.attrs);
    if (shape === undefined) return original(call);
    const { columns, out } = shape;
    const sums = sumColumns(valuesOf(call.backend, call.inputs.x), util.sizeFromShape(columns));
    return call.backend.makeTensorInfo(out, 'float32', sums);
  });
}

/** The remaining axes, and the shape of the sum, if it is over the first axes. */
function columnsOf({ x }: Inputs, { axis, keepDims }: SumAttrs): { columns: number[]; out: number[] } | undefined {
  const axes = util.parseAxisParam(axis, x.shape);
  const isFirst = axes.length > 0 && axes.length < x.shape.length && axes.every((each, i) => each === i);
  if (!isFirst || x.dtype !== 'float32') return undefined;
  const columns = x.shape.slice(axes.length);
  return { columns, out: keepDims ? [...axes.map(() => 1), ...columns] : columns };
}
