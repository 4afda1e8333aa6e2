import {
  BatchMatMul,
  type BatchMatMulAttrs,
  broadcast_util,
  broadcastTo,
  matMul,
  type Tensor,
  tidy,
  util,
} from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';

/**
 * `BatchMatMul` on webgl and webgpu where both batches have more than one matrix and differ: both are repeated to the
 * common batch. tfjs throws there, and takes only a batch of one for broadcast.
 */
export function broadcastBatches(backendName: string): void {
  provideKernel<{ a: Tensor; b: Tensor }, BatchMatMulAttrs, unknown>(backendName, BatchMatMul, (original) => (call) => {
    const { inputs, attrs } = call;
    const { a, b } = inputs;
    const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    if (!isMany(batchA) || !isMany(batchB) || util.arraysEqual(batchA, batchB)) return original(call);
    const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
    const fit = (tensor: Tensor): Tensor => broadcastTo(tensor, [...batch, ...tensor.shape.slice(-2)]);
    return tidy(() => matMul(fit(a), fit(b), attrs.transposeA, attrs.transposeB));
  });
}

const isMany = (batch: readonly number[]): boolean => batch.some((size) => size > 1);
