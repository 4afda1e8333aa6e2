import {
  backend_util,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropFilterInputs,
  matMul,
  pad,
  reshape,
  stack,
  stridedSlice,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { supplyKernel } from '../kernel.ts';

type Inputs = { readonly [name in keyof Conv2DBackpropFilterInputs]: Tensor4D };

/**
 * `Conv2DBackpropFilter`, which wasm lacks and without which no convolution trains there: for each tap of the filter, the
 * product of its window of x, transposed, and dy.
 */
export function convolutionFilterOnWasm(): void {
  supplyKernel<Inputs, Conv2DBackpropFilterAttrs, unknown>('wasm', Conv2DBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs;
    const { strides, pad: padding, dimRoundingMode, filterShape, dataFormat } = attrs;
    const format = backend_util.convertConv2DDataFormat(dataFormat);
    const info = backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      padding,
      dimRoundingMode,
      false,
      format,
    );
    if (format !== 'channelsLast') throw new Error(`conv2d: wasm: expected NHWC, got ${dataFormat}.`);
    return tidy(() => {
      const { padInfo, strideHeight, strideWidth, batchSize, inChannels, outHeight, outWidth } = info;
      const padded = pad(x, [
        [0, 0],
        [padInfo.top, padInfo.bottom],
        [padInfo.left, padInfo.right],
        [0, 0],
      ]);
      const flat = reshape(dy, [-1, info.outChannels]);
      const taps = [];
      for (let row = 0; row < info.filterHeight; row++) {
        for (let column = 0; column < info.filterWidth; column++) {
          const end = [
            batchSize,
            row + (outHeight - 1) * strideHeight + 1,
            column + (outWidth - 1) * strideWidth + 1,
            inChannels,
          ];
          const window = stridedSlice(padded, [0, row, column, 0], end, [1, strideHeight, strideWidth, 1]);
          taps.push(matMul(reshape(window, [-1, inChannels]), flat, true, false));
        }
      }
      return reshape(stack(taps), filterShape);
    });
  });
}
