import { engine, type Scalar, type Tensor, type Tensor1D, type Tensor2D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { SoftmaxEngine } from '../softmax-cross-entropy.ts';
import type { Heap } from './heap.ts';

/** The cross-entropy of a softmax where the tensors of the wasm backend lie. */
export function softmaxOnHeap(heap: Heap): SoftmaxEngine {
  const addresses = (tensors: readonly Tensor[]): number[] => tensors.map((tensor) => heap.addressOf(tensor));
  return {
    loss({ logits, ids, weights, labelSmoothing }) {
      const [rows, columns] = logits.shape;
      const [highest, sums, loss] = [make([rows]), make([rows]), make([])] as [Tensor1D, Tensor1D, Scalar];
      const losses = heap.scratch(rows);
      const targets = [columns, ...addresses([logits, ids, weights]), stepOf(weights), labelSmoothing] as const;
      heap.simd.softmaxLoss(0, 0, rows, ...targets, ...addresses([highest, sums]), losses);
      heap.view(heap.addressOf(loss), 1)[0] = heap.simd.sum(losses, rows);
      return { loss, highest, sums };
    },
    gradient({ logits, ids, weights, labelSmoothing }, { highest, sums }, dLoss) {
      const [rows, columns] = logits.shape;
      const gradient = make([rows, columns]) as Tensor2D;
      const targets = [columns, ...addresses([logits, ids, weights]), stepOf(weights), labelSmoothing] as const;
      heap.simd.softmaxGradient(0, 0, rows, ...targets, ...addresses([highest, sums, dLoss, gradient]));
      return gradient;
    },
  };
}

function make(shape: number[]): Tensor {
  const backend = engine().backend as unknown as { makeOutput(shape: number[], dtype: 'float32'): TensorInfo };
  return engine().makeTensorFromTensorInfo(backend.makeOutput(shape, 'float32'));
}

/** Bytes from the weight of a row to that of the next. */
const stepOf = (weights: Tensor): number => (weights.size === 1 ? 0 : 4);
