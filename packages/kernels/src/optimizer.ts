import { engine, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from './simd/heap.ts';

/** Whether the functions below run on the active backend: on wasm where there is SIMD. None of them is on the tape. */
export function hasOptimizerKernels(): boolean {
  const { backendName, backend } = engine();
  return backendName === 'wasm' && heapOf(backend) !== undefined;
}

/** Σ x² over all numbers of some tensors, in blocks and in float64, so that it stays exact for millions. */
export function sumOfSquares(tensors: readonly Tensor[]): number {
  const heap = heapHere();
  return tensors.reduce((total, x) => total + heap.simd.sumOfSquares(heap.addressOf(x), x.size), 0);
}

/** factor·x as a fresh tensor. */
export function scaled<T extends Tensor>(x: T, factor: number): T {
  const out = like(x);
  const heap = heapHere();
  heap.simd.scale(0, 0, x.size, heap.addressOf(x), heap.addressOf(out), factor);
  return out;
}

/** A gradient, the running sums so far, and the parameter, which is looked at if it decays. */
export type AdamLeaf = {
  readonly gradient: Tensor;
  readonly mean: Tensor;
  readonly meanSquare: Tensor;
  readonly parameter: Tensor;
};

/** The numbers of Adam: what the sums are multiplied by, what is added to the root, and what the ratio and the parameter are. */
export type AdamNumbers = {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly rate: number;
  readonly decay: number;
};

/**
 * One update of one parameter in one pass:
 *
 *   m' = β₁·m + g      v' = β₂·v + g²      u = rate·m' / (√v' + ε) − decay·p
 *
 * All fresh tensors, of the parameter's shape. Numbers too small to be normal become 0.
 */
export function adamStep(
  leaf: AdamLeaf,
  { beta1, beta2, epsilon, rate, decay }: AdamNumbers,
): {
  readonly mean: Tensor;
  readonly meanSquare: Tensor;
  readonly update: Tensor;
} {
  const { gradient, mean, meanSquare, parameter } = leaf;
  const [nextMean, nextMeanSquare, update] = [like(gradient), like(gradient), like(gradient)] as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const heap = heapHere();
  const tensors = [gradient, mean, meanSquare, parameter, nextMean, nextMeanSquare, update];
  const addresses = tensors.map((tensor) => heap.addressOf(tensor));
  heap.simd.adam(0, 0, gradient.size, ...addresses, beta1, beta2, epsilon, rate, decay);
  return { mean: nextMean, meanSquare: nextMeanSquare, update };
}

const heapHere = (): Heap => heapOf(engine().backend) as Heap;

function like<T extends Tensor>({ shape }: T): T {
  const backend = engine().backend as unknown as { makeOutput(shape: number[], dtype: 'float32'): TensorInfo };
  return engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32')) as T;
}
