import { gatherRowsOnHeap } from '@elman/kernels';
import { GatherV2, type GatherV2Attrs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type CpuBackend, valuesOf } from './cpu/backend.ts';
import { provideKernel } from './kernel.ts';
import { areRows, gatherRows, lookupOf } from './portable/gather.ts';
import type { WasmBackend } from './wasm/heap.ts';

type Inputs = { x: TensorInfo; indices: TensorInfo };

const isPlain = ({ dtype }: TensorInfo): boolean => dtype !== 'string' && dtype !== 'complex64';
const axisOf = ({ x }: Inputs, { axis }: GatherV2Attrs): number => util.parseAxisParam(axis, x.shape)[0] as number;

/**
 * `GatherV2`, every embedding lookup, by copying whole rows. tfjs computes the index of each number separately: 2,500 rows of 512 take
 * 60 ms on cpu, the copies 0.5. If an index is out of range, tfjs's error names it.
 */
export function gatherOnCpu(): void {
  provideKernel<Inputs, GatherV2Attrs, CpuBackend>('cpu', GatherV2, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x, indices } = inputs;
    if (!isPlain(x)) return original(call);
    const lookup = lookupOf(x, indices, axisOf(inputs, attrs), attrs.batchDims);
    const ids = valuesOf(backend, indices);
    if (!areRows(ids, lookup)) return original(call);
    const out = util.getArrayFromDType(x.dtype as 'float32', util.sizeFromShape(lookup.shape));
    gatherRows(valuesOf(backend, x), ids, out, lookup);
    return backend.makeTensorInfo(lookup.shape, x.dtype, out);
  });
}

/** The same on the heap of the wasm backend, where tfjs takes 3.6 ms for 2,500 rows of 64. */
export function gatherOnWasm(): void {
  provideKernel<Inputs, GatherV2Attrs, WasmBackend>('wasm', GatherV2, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x, indices } = inputs;
    if (!isPlain(x)) return original(call);
    const lookup = lookupOf(x, indices, axisOf(inputs, attrs), attrs.batchDims);
    if (!areRows(backend.typedArrayFromHeap(indices), lookup)) return original(call);
    const out = backend.makeOutput(lookup.shape, x.dtype);
    const isTable = lookup.batch * lookup.outer === 1 && x.dtype !== 'bool';
    if (isTable && gatherRowsOnHeap(x, indices, out, lookup.size)) return out;
    const [from, ids, to] = [x, indices, out].map((tensor) => backend.typedArrayFromHeap(tensor)) as [
      Float32Array,
      Int32Array,
      Float32Array,
    ];
    gatherRows(from, ids, to, lookup);
    return out;
  });
}
