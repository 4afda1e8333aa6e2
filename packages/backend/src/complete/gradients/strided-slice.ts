import {
  range,
  reshape,
  StridedSlice,
  type StridedSliceAttrs,
  stridedSlice,
  type Tensor,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** `StridedSlice`: the same slice of the numbers 0, 1, 2 … is the source index of each entry. */
export function stridedSliceGradient(): void {
  provideGradient(StridedSlice, () => ({
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const [x] = saved as [Tensor];
      const { begin, end, strides, ...masks } = attrs as unknown as StridedSliceAttrs;
      const { beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask } = masks;
      return {
        x: () => {
          const places = reshape(range(0, x.size, 1, 'int32'), x.shape);
          const taken = stridedSlice(
            places,
            begin,
            end,
            strides,
            beginMask,
            endMask,
            ellipsisMask,
            newAxisMask,
            shrinkAxisMask,
          );
          const [values, ids] = [reshape(dy as Tensor, [-1]), reshape(taken, [-1])];
          return reshape(unsortedSegmentSum(values as never, ids as never, x.size), x.shape);
        },
      };
    },
  }));
}
