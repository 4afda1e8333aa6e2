import { engine, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './simd/heap.ts';
import { hasSimdHere, heapHere } from './simd/here.ts';
import { softmaxInArena } from './simd/softmax-in-arena.ts';
import { sharedWorkspace, type Workspace } from './simd/workspace.ts';
import { valuesHere } from './values-here.ts';

/** Inputs of the loss. */
export type SoftmaxTargets = {
  /** [rows, columns] */
  readonly logits: Tensor2D;
  /** int32 [rows] */
  readonly ids: Tensor1D;
  /** One number, or one for each row; a row of weight 0 has no influence, whatever its logits. */
  readonly weights: Tensor;
  readonly labelSmoothing: number;
};

/** Results. */
type LossAndGradient = { readonly loss: Scalar; readonly gradient: Tensor2D };

/** Whether `softmaxCrossEntropyOf` runs on the active backend: on cpu and wasm where there is SIMD. */
export function hasSoftmaxCrossEntropy(): boolean {
  return hasSimdHere();
}

/**
 * The cross-entropy of the softmax of rows and its gradient w.r.t. the logits, in one pass; neither is on the tape.
 *
 *   loss     = Σ weight·(log Σᵥ exp zᵥ − (1 − ε)·z_id − ε·mean z)
 *   gradient = weight·(softmax(z) − (1 − ε)·onehot(id) − ε / columns)
 *
 * Losses are summed in float64; gradients below 1e-30 become 0. An id out of range counts as the highest logit.
 */
export function softmaxCrossEntropyOf(targets: SoftmaxTargets): LossAndGradient {
  const heap = heapHere();
  return heap === undefined ? inArena(sharedWorkspace() as Workspace, targets) : onHeap(heap, targets);
}

/** In place on the heap of the wasm backend. */
function onHeap(heap: Heap, { logits, ids, weights, labelSmoothing }: SoftmaxTargets): LossAndGradient {
  const [rows, columns] = logits.shape;
  const make = (shape: number[]): Tensor => engine().makeTensorFromTensorInfo(heap.make(shape));
  const [loss, gradient] = [make([]) as Scalar, make([rows, columns]) as Tensor2D];
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

/** On copies in the memory of the kernels, for the cpu backend. */
function inArena(workspace: Workspace, { logits, ids, weights, labelSmoothing }: SoftmaxTargets): LossAndGradient {
  const backend = engine().backend as unknown as {
    makeTensorInfo(shape: number[], dtype: 'float32', values: Float32Array): TensorInfo;
  };
  const make = (shape: number[], values: Float32Array): Tensor =>
    engine().makeTensorFromTensorInfo(backend.makeTensorInfo(shape, 'float32', values));
  const [z, weight] = [valuesHere(logits), valuesHere(weights)];
  const names = valuesHere(ids as Tensor1D) as Float32Array | Int32Array as Int32Array;
  const { loss, gradient } = softmaxInArena(workspace, logits.shape, z, names, weight, labelSmoothing);
  return { loss: make([], Float32Array.of(loss)) as Scalar, gradient: make(logits.shape, gradient) as Tensor2D };
}
