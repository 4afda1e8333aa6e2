import { engine, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';
import { type Heap, heapOf } from './simd/heap.ts';

/** What the loss is taken of. */
export type SoftmaxTargets = {
  /** [rows, columns] */
  readonly logits: Tensor2D;
  /** int32 [rows] */
  readonly ids: Tensor1D;
  /** Of one number, or of one for each row; a row that weighs 0 has no influence, whatever its logits are. */
  readonly weights: Tensor;
  readonly labelSmoothing: number;
};

/** What the gradient takes of the forward pass, each [rows]: the highest logit z* and Σ exp(z − z*). */
export type SoftmaxSums = { readonly highest: Tensor1D; readonly sums: Tensor1D };

/** Whether the two functions below run on the active backend: on wasm where there is SIMD. */
export function hasSoftmaxCrossEntropy(): boolean {
  const { backendName, backend } = engine();
  return backendName === 'wasm' && heapOf(backend) !== undefined;
}

/**
 * Σ weight·(log Σᵥ exp zᵥ − (1 − ε)·z_id − ε·mean z) over the rows, in one pass; it is not on the tape. An id that is none of the
 * columns counts as the highest logit.
 */
export function softmaxCrossEntropyLoss({ logits, ids, weights, labelSmoothing }: SoftmaxTargets): SoftmaxSums & {
  readonly loss: Scalar;
} {
  const [rows, columns] = logits.shape;
  const [highest, sums, loss] = [make([rows]), make([rows]), make([])] as [Tensor1D, Tensor1D, Scalar];
  const heap = heapOf(engine().backend) as Heap;
  const losses = heap.scratch(rows);
  const targets = [columns, ...addresses(heap, [logits, ids, weights]), stepOf(weights), labelSmoothing] as const;
  heap.simd.softmaxLoss(0, 0, rows, ...targets, ...addresses(heap, [highest, sums]), losses);
  heap.view(heap.addressOf(loss), 1)[0] = heap.simd.sum(losses, rows);
  return { loss, highest, sums };
}

/** The gradient by the logits: (softmax(z) − (1 − ε)·onehot(id) − ε / columns)·weight·dLoss. */
export function softmaxCrossEntropyGradient(
  { logits, ids, weights, labelSmoothing }: SoftmaxTargets,
  { highest, sums }: SoftmaxSums,
  dLoss: Scalar,
): Tensor2D {
  const [rows, columns] = logits.shape;
  const gradient = make([rows, columns]) as Tensor2D;
  const heap = heapOf(engine().backend) as Heap;
  const targets = [columns, ...addresses(heap, [logits, ids, weights]), stepOf(weights), labelSmoothing] as const;
  heap.simd.softmaxGradient(0, 0, rows, ...targets, ...addresses(heap, [highest, sums, dLoss, gradient]));
  return gradient;
}

function make(shape: number[]): Tensor {
  const backend = engine().backend as unknown as { makeOutput(shape: number[], dtype: 'float32'): TensorInfo };
  return engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
}

const addresses = (heap: Heap, tensors: readonly Tensor[]): number[] => tensors.map((tensor) => heap.addressOf(tensor));

/** Bytes from the weight of a row to that of the next. */
const stepOf = (weights: Tensor): number => (weights.size === 1 ? 0 : 4);
