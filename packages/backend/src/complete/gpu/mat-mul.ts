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
import { type Factors, withEvenInner } from './even-inner.ts';

/**
 * `BatchMatMul` on webgl and webgpu where both batches have more than one matrix and differ: both are repeated to the
 * common batch. tfjs throws there, and broadcasts only a batch of one. On webgl with an even inner size.
 */
export function broadcastBatches(backendName: string): void {
  provideKernel<Factors, BatchMatMulAttrs, unknown>(backendName, BatchMatMul, (original) => {
    const multiply = backendName === 'webgl' ? withEvenInner(original) : original;
    return (call) => {
      const { inputs, attrs } = call;
      const { a, b } = inputs;
      const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
      if (!isMany(batchA) || !isMany(batchB) || util.arraysEqual(batchA, batchB)) return multiply(call);
      const batch = broadcast_util.assertAndGetBroadcastShape(batchA, batchB);
      const fit = (tensor: Tensor): Tensor => broadcastTo(tensor, [...batch, ...tensor.shape.slice(-2)]);
      return tidy(() => matMul(fit(a), fit(b), attrs.transposeA, attrs.transposeB));
    };
  });
}

const isMany = (batch: readonly number[]): boolean => batch.some((size) => size > 1);
