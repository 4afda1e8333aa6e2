import { expandDims, mul, oneHot, sum, type Tensor, TopK } from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** The values of `TopK`: each is scattered to its source index. The indices have no gradient. */
export function topKGradient(): void {
  provideGradient(TopK, () => ({
    inputsToSave: ['x'],
    outputsToSave: [false, true],
    gradFunc: (dys, saved) => {
      const [x, indices] = saved as [Tensor, Tensor];
      const [dy] = dys as Tensor[] as [Tensor];
      return {
        x: () => sum(mul(oneHot(indices, x.shape.at(-1) as number, 1, 0, 'float32'), expandDims(dy, -1)), -2),
      };
    },
  }));
}
