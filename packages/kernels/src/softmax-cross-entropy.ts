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

/** Whether `softmaxCrossEntropyOf` runs on the active backend: on wasm where there is SIMD. */
export function hasSoftmaxCrossEntropy(): boolean {
  const { backendName, backend } = engine();
  return backendName === 'wasm' && heapOf(backend) !== undefined;
}

/**
 * The cross-entropy of the softmax of rows and its gradient by the logits, in one pass; neither is on the tape.
 *
 *   loss     = Σ weight·(log Σᵥ exp zᵥ − (1 − ε)·z_id − ε·mean z)
 *   gradient = weight·(softmax(z) − (1 − ε)·onehot(id) − ε / columns)
 *
 * Losses are summed in float64. An id that is none of the columns counts as the highest logit.
 */
export function softmaxCrossEntropyOf({ logits, ids, weights, labelSmoothing }: SoftmaxTargets): {
  readonly loss: Scalar;
  readonly gradient: Tensor2D;
} {
  const [rows, columns] = logits.shape;
  const [loss, gradient] = [make([]) as Scalar, make([rows, columns]) as Tensor2D];
  const heap = heapOf(engine().backend) as Heap;
  const losses = heap.scratch(rows + columns);
  const [z, id, weight, to] = [logits, ids, weights, gradient].map((tensor) => heap.addressOf(tensor)) as [
    number,
    number,
    number,
    number,
  ];
  const step = weights.size === 1 ? 0 : 4;
  const results = [losses, to, losses + 4 * rows];
  heap.simd.softmaxCrossEntropy(0, 0, rows, columns, z, id, weight, step, labelSmoothing, ...results);
  heap.view(heap.addressOf(loss), 1)[0] = heap.simd.sum(losses, rows);
  return { loss, gradient };
}

function make(shape: number[]): Tensor {
  const backend = engine().backend as unknown as { makeOutput(shape: number[], dtype: 'float32'): TensorInfo };
  return engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
}
