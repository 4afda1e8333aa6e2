import { BatchMatMul, type BatchMatMulAttrs, matMul, type Tensor } from '@tensorflow/tfjs-core';
import { provideGradient, sumToShape } from '../gradient.ts';

/**
 * `BatchMatMul`: da = dy·bᵀ and db = aᵀ·dy, summed over the broadcast batch axes, which tfjs omits.
 */
export function matMulGradient(): void {
  provideGradient(BatchMatMul, () => ({
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved, attrs) => {
      const [a, b] = saved as [Tensor, Tensor];
      const { transposeA, transposeB } = attrs as unknown as BatchMatMulAttrs;
      const g = dy as Tensor;
      const da = (): Tensor => (transposeA ? matMul(b, g, transposeB, true) : matMul(g, b, false, !transposeB));
      const db = (): Tensor => (transposeB ? matMul(g, a, true, transposeA) : matMul(a, g, !transposeA, false));
      return { a: () => sumToShape(da(), a.shape), b: () => sumToShape(db(), b.shape) };
    },
  }));
}
