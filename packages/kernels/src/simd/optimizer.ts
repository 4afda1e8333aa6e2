import type { TensorInfo } from '@tensorflow/tfjs-core';
import { LEAST_SQUARE, type OptimizerEngine } from '../optimizer-engine.ts';
import { sizeOf } from '../storage.ts';
import type { Heap } from './heap.ts';

/** Optimizers in WebAssembly SIMD, on the heap of tfjs: nothing is copied. */
export function simdOptimizer({ simd, addressOf, make }: Heap): OptimizerEngine {
  const addressIf = (tensor: TensorInfo | undefined): number => (tensor === undefined ? 0 : addressOf(tensor));
  return {
    sumOfSquares: (x) => simd.sumOfSquares(sizeOf(x.shape), addressOf(x)),
    scale(x, factor) {
      const result = make(x.shape);
      simd.scale(sizeOf(x.shape), addressOf(x), factor, addressOf(result));
      return result;
    },
    addScaled(x, y, factor) {
      const result = make(x.shape);
      simd.addScaled(sizeOf(x.shape), addressOf(x), addressOf(y), factor, addressOf(result));
      return result;
    },
    adam({ gradient, mean, meanSquare, largest, parameter, decay }, { beta1, beta2, epsilon, rate }) {
      const { shape } = gradient;
      const next = {
        mean: make(shape),
        meanSquare: make(shape),
        largest: largest && make(shape),
        update: make(shape),
      };
      const decaying = decay === 0 ? undefined : parameter;
      const given = [gradient, mean, meanSquare, largest, decaying].map(addressIf);
      const made = [next.mean, next.meanSquare, next.largest, next.update].map(addressIf);
      simd.adam(sizeOf(shape), ...given, ...made, beta1, beta2, epsilon, rate, decay, LEAST_SQUARE);
      return next;
    },
  };
}
