import { engine, type Scalar, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { heapOf } from './simd/heap.ts';
import { softmaxInArena } from './simd/softmax-in-arena.ts';
import { softmaxOnHeap } from './simd/softmax-on-heap.ts';
import { sharedWorkspace } from './simd/workspace.ts';

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

/** The two functions below where tensors lie on one backend. */
export type SoftmaxEngine = {
  loss(targets: SoftmaxTargets): SoftmaxSums & { readonly loss: Scalar };
  gradient(targets: SoftmaxTargets, sums: SoftmaxSums, dLoss: Scalar): Tensor2D;
};

const engines = new WeakMap<object, SoftmaxEngine>();

/** The engine of the active backend; undefined where its ops have to do. */
function softmaxEngine(): SoftmaxEngine | undefined {
  const { backendName, backend } = engine();
  const known = engines.get(backend);
  if (known !== undefined) return known;
  const heap = backendName === 'wasm' ? heapOf(backend) : undefined;
  const workspace = backendName === 'cpu' ? sharedWorkspace() : undefined;
  const made = (heap && softmaxOnHeap(heap)) ?? (workspace && softmaxInArena(workspace));
  if (made !== undefined) engines.set(backend, made);
  return made;
}

/** Whether the two functions below run on the active backend: on cpu and wasm where there is SIMD. */
export function hasSoftmaxCrossEntropy(): boolean {
  return softmaxEngine() !== undefined;
}

/**
 * Σ weight·(log Σᵥ exp zᵥ − (1 − ε)·z_id − ε·mean z) over the rows, in one pass; it is not on the tape. An id that is none of the
 * columns counts as the highest logit.
 */
export function softmaxCrossEntropyLoss(targets: SoftmaxTargets): SoftmaxSums & { readonly loss: Scalar } {
  return (softmaxEngine() as SoftmaxEngine).loss(targets);
}

/** The gradient by the logits: (softmax(z) − (1 − ε)·onehot(id) − ε / columns)·weight·dLoss. */
export function softmaxCrossEntropyGradient(targets: SoftmaxTargets, sums: SoftmaxSums, dLoss: Scalar): Tensor2D {
  return (softmaxEngine() as SoftmaxEngine).gradient(targets, sums, dLoss);
}
