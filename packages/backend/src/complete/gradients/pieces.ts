import { concat, SplitV, type SplitVAttrs, stack, type Tensor, Unpack, type UnpackAttrs } from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/**
 * `Unpack` and `SplitV`, also into a single piece. The gradient of a single piece is not in a list, and tfjs
 * throws.
 */
export function pieceGradients(): void {
  provideGradient(Unpack, () => ({
    gradFunc: (dy, _saved, attrs) => {
      const { axis } = attrs as unknown as UnpackAttrs;
      return { value: () => stack([dy].flat() as Tensor[], axis) };
    },
  }));
  provideGradient(SplitV, () => ({
    gradFunc: (dy, _saved, attrs) => {
      const { axis } = attrs as unknown as SplitVAttrs;
      return { x: () => concat([dy].flat() as Tensor[], axis) };
    },
  }));
}
