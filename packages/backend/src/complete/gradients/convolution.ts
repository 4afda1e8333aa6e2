import {
  addN,
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  expandDims,
  type GradConfig,
  matMul,
  mul,
  pad,
  reshape,
  slice,
  stack,
  sum,
  type Tensor,
  type Tensor4D,
  unstack,
  util,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/**
 * `Conv2D` (and with it `conv1d`) and `DepthwiseConv2dNative` with dilation, which tfjs refuses: tap by tap, each a shifted
 * window of the input. Without dilation tfjs's own are used. Channels last; a dilated convolution has stride 1.
 */
export function convolutionGradients(): void {
  provideGradient(Conv2D, (original) => ({
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, attrs) => {
      const { dilations, strides, pad, dataFormat, dimRoundingMode } = attrs as unknown as Conv2DAttrs;
      if (!isDilated(dilations)) return (original as GradConfig).gradFunc(dy, saved, attrs);
      const [g, x, filter] = [dy, ...saved] as [Tensor4D, Tensor4D, Tensor4D];
      util.assert(dataFormat === 'NHWC', () => `conv2d: gradient with dilation: expected NHWC, got ${dataFormat}.`);
      const info = computeConv2DInfo(x.shape, filter.shape, strides, dilations, pad, dimRoundingMode, false);
      return {
        x: () => inputGradient(info, filter, (tap) => timesTransposed(g, tap)),
        filter: () => filterGradient(info, x, filter, (window) => transposedTimes(window, g)),
      };
    },
  }));
  provideGradient(DepthwiseConv2dNative, (original) => ({
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy, saved, attrs) => {
      const { dilations, strides, pad, dimRoundingMode } = attrs as unknown as DepthwiseConv2dNativeAttrs;
      if (!isDilated(dilations)) return (original as GradConfig).gradFunc(dy, saved, attrs);
      const [x, filter] = saved as [Tensor4D, Tensor4D];
      const info = computeConv2DInfo(x.shape, filter.shape, strides, dilations, pad, dimRoundingMode, true);
      const g = reshape(dy as Tensor, [...(dy as Tensor).shape.slice(0, 3), ...filter.shape.slice(2)]);
      return {
        x: () => inputGradient(info, filter, (tap) => sum(mul(g, tap), 4)),
        filter: () => filterGradient(info, x, filter, (window) => sum(mul(expandDims(window, 4), g), [0, 1, 2])),
      };
    },
  }));
}

type Info = backend_util.Conv2DInfo;
const { computeConv2DInfo } = backend_util;

const isDilated = (dilations: readonly number[] | number | null | undefined): boolean =>
  [dilations ?? 1].flat().some((rate) => rate > 1);

/** The offset of the window of each tap of the filter in the padded input: [row, column]. */
function tapOffsets({ filterHeight, filterWidth, dilationHeight, dilationWidth }: Info): [number, number][] {
  const columns = (row: number): [number, number][] =>
    Array.from({ length: filterWidth }, (_, i) => [row * dilationHeight, i * dilationWidth]);
  return Array.from({ length: filterHeight }, (_, i) => columns(i)).flat();
}

/** The contribution of each tap to dx, shifted to its window and summed. */
function inputGradient(info: Info, filter: Tensor4D, share: (tap: Tensor) => Tensor): Tensor {
  const { inHeight, inWidth, outHeight, outWidth, padInfo } = info;
  const height = inHeight + padInfo.top + padInfo.bottom;
  const width = inWidth + padInfo.left + padInfo.right;
  const taps = unstack(reshape(filter, [-1, filter.shape[2], filter.shape[3]]));
  const shares = tapOffsets(info).map(([row, column], i) =>
    pad(share(taps[i] as Tensor), [
      [0, 0],
      [row, height - outHeight - row],
      [column, width - outWidth - column],
      [0, 0],
    ]),
  );
  return slice(addN(shares), [0, padInfo.top, padInfo.left, 0], info.inShape);
}

/** For each tap, the product of its window of x with dy. */
function filterGradient(info: Info, x: Tensor4D, filter: Tensor4D, against: (window: Tensor) => Tensor): Tensor {
  const { outHeight, outWidth, padInfo } = info;
  const padded = pad(x, [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ]);
  const size = [info.batchSize, outHeight, outWidth, info.inChannels];
  const taps = tapOffsets(info).map(([row, column]) => against(slice(padded, [0, row, column, 0], size)));
  return reshape(stack(taps), filter.shape);
}

/** [..., outputs] by [inputs, outputs]ᵀ → [..., inputs]. */
function timesTransposed(g: Tensor, tap: Tensor): Tensor {
  const flat = reshape(g, [-1, tap.shape[1] as number]);
  return reshape(matMul(flat, tap, false, true), [...g.shape.slice(0, -1), tap.shape[0] as number]);
}

/** [..., inputs]ᵀ by [..., outputs] → [inputs, outputs]. */
function transposedTimes(window: Tensor, g: Tensor): Tensor {
  const [inputs, outputs] = [window.shape.at(-1) as number, g.shape.at(-1) as number];
  return matMul(reshape(window, [-1, inputs]), reshape(g, [-1, outputs]), true, false);
}
