import { addInPlainLoops } from './cpu/arithmetic.ts';
import { multiplyCompiledOnCpu } from './cpu/mat-mul.ts';
import { scatterIntoCopy } from './cpu/scatter.ts';
import { sliceByRows } from './cpu/slice.ts';
import { transposeByStrides } from './cpu/transpose.ts';
import { einsumThroughMatMul } from './einsum.ts';
import { fuseOnCpu, fuseOnWasm } from './fused-mat-mul.ts';
import { gatherOnCpu, gatherOnWasm } from './gather.ts';
import { addManyOnWebgpu } from './gpu/add-n.ts';
import { castIntoFloats } from './gpu/cast.ts';
import { reversedRunsOnWebgpu } from './gpu/cumulative.ts';
import { evenInnerOfFusedMatMul } from './gpu/even-inner.ts';
import { broadcastBatches } from './gpu/mat-mul.ts';
import { computeOnDevice } from './gpu/on-device.ts';
import { wholeNumbersAsFloats } from './gpu/whole-numbers.ts';
import { broadcastingGradients } from './gradients/broadcasting.ts';
import { comparisonGradients } from './gradients/comparison.ts';
import { convolutionGradients } from './gradients/convolution.ts';
import { cumprodGradient, cumsumGradient } from './gradients/cumulative.ts';
import { einsumGradient } from './gradients/einsum.ts';
import { gatherGradient } from './gradients/gather.ts';
import { matMulGradient } from './gradients/mat-mul.ts';
import { pieceGradients } from './gradients/pieces.ts';
import { scatterGradients } from './gradients/scatter.ts';
import { secondOrderGradients } from './gradients/second-order.ts';
import { stridedSliceGradient } from './gradients/strided-slice.ts';
import { tileGradient } from './gradients/tile.ts';
import { topKGradient } from './gradients/top-k.ts';
import { sumSegmentsOnCpu, sumSegmentsOnWasm } from './segment-sum.ts';
import { sumOnCpu, sumOnWasm } from './sum.ts';
import { convolutionFilterOnWasm } from './wasm/conv2d.ts';
import { depthwiseGradientsOnWasm } from './wasm/depthwise.ts';
import { compareInPlainLoops } from './wasm/elementwise.ts';
import { multiplyCompiledOnWasm } from './wasm/mat-mul.ts';
import { oneHotOfAnyType } from './wasm/one-hot.ts';
import { reverseOfAnyType } from './wasm/reverse.ts';
import { shareCopies } from './wasm/share.ts';
import { sliceInPlace } from './wasm/slice.ts';
import { stridedSliceOfAnyType } from './wasm/strided-slice.ts';
import { tileByRuns } from './wasm/tile.ts';

const kernels: { readonly [backendName: string]: readonly (() => void)[] } = {
  cpu: [
    multiplyCompiledOnCpu,
    fuseOnCpu,
    addInPlainLoops,
    transposeByStrides,
    scatterIntoCopy,
    sliceByRows,
    gatherOnCpu,
    sumSegmentsOnCpu,
    sumOnCpu,
    () => einsumThroughMatMul('cpu'),
  ],
  wasm: [
    multiplyCompiledOnWasm,
    fuseOnWasm,
    shareCopies,
    sliceInPlace,
    stridedSliceOfAnyType,
    oneHotOfAnyType,
    reverseOfAnyType,
    sumSegmentsOnWasm,
    convolutionFilterOnWasm,
    depthwiseGradientsOnWasm,
    compareInPlainLoops,
    tileByRuns,
    gatherOnWasm,
    sumOnWasm,
    () => einsumThroughMatMul('wasm'),
  ],
  webgl: [
    () => computeOnDevice('webgl'),
    () => broadcastBatches('webgl'),
    evenInnerOfFusedMatMul,
    () => einsumThroughMatMul('webgl'),
  ],
  webgpu: [
    () => computeOnDevice('webgpu'),
    () => broadcastBatches('webgpu'),
    () => einsumThroughMatMul('webgpu'),
    reversedRunsOnWebgpu,
    addManyOnWebgpu,
    castIntoFloats,
    wholeNumbersAsFloats,
  ],
};

const gradients = [
  matMulGradient,
  broadcastingGradients,
  comparisonGradients,
  cumsumGradient,
  cumprodGradient,
  gatherGradient,
  pieceGradients,
  scatterGradients,
  stridedSliceGradient,
  tileGradient,
  topKGradient,
  einsumGradient,
  convolutionGradients,
  secondOrderGradients,
];

/** Registers what a backend, whose own kernels are registered, lacks for training. Idempotent. */
export function completeKernels(backendName: string): void {
  for (const complete of kernels[backendName] ?? []) complete();
}

/** Registers the gradients that are wrong or missing in tfjs, on every backend. Idempotent. */
export function completeGradients(): void {
  for (const complete of gradients) complete();
}
