import { addRowsOnHeap } from '@elman/kernels';
import { type TensorInfo, UnsortedSegmentSum, type UnsortedSegmentSumAttrs, util } from '@tensorflow/tfjs-core';
import { type CpuBackend, valuesOf } from './cpu/backend.ts';
import { provideKernel, supplyKernel } from './kernel.ts';
import { sumSegments } from './portable/segment-sum.ts';
import type { WasmBackend } from './wasm/heap.ts';

type Inputs = { x: TensorInfo; segmentIds: TensorInfo };

/**
 * `UnsortedSegmentSum`, the gradient of every embedding: one pass over the rows. On cpu tfjs scans all of them for
 * each row of the vocabulary (25 s for 800 rows and a vocabulary of 4,000); on wasm it has none.
 */
export function sumSegmentsOnCpu(): void {
  provideKernel<Inputs, UnsortedSegmentSumAttrs, CpuBackend>('cpu', UnsortedSegmentSum, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x, segmentIds } = inputs;
    if (x.dtype === 'complex64') return original(call);
    const shape = outputShape(inputs, attrs);
    const out = util.getArrayFromDType(x.dtype as 'float32', util.sizeFromShape(shape));
    sumSegments(valuesOf(backend, x), valuesOf(backend, segmentIds), out, attrs.numSegments);
    return backend.makeTensorInfo(shape, x.dtype, out);
  });
}

/** The same on the heap of the wasm backend. */
export function sumSegmentsOnWasm(): void {
  supplyKernel<Inputs, UnsortedSegmentSumAttrs, WasmBackend>(
    'wasm',
    UnsortedSegmentSum,
    ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs;
      const out = backend.makeOutput(outputShape(inputs, attrs), x.dtype);
      const values = backend.typedArrayFromHeap(out).fill(0);
      if (x.dtype === 'float32' && addRowsOnHeap(x, segmentIds, out, attrs.numSegments)) return out;
      sumSegments(backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(segmentIds), values, attrs.numSegments);
      return out;
    },
  );
}

const outputShape = ({ x, segmentIds }: Inputs, { numSegments }: UnsortedSegmentSumAttrs): number[] => [
  numSegments,
  ...x.shape.slice(segmentIds.shape.length),
];
