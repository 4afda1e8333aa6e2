import {
  backend_util,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { supplyKernel } from '../kernel.ts';
import type { WasmBackend } from './heap.ts';

type Info = backend_util.Conv2DInfo;
type Quad = [number, number, number, number];

/** The gradients of `DepthwiseConv2dNative`, which wasm lacks: plain loops over its heap. */
export function depthwiseGradientsOnWasm(): void {
  supplyKernel<{ x: TensorInfo; dy: TensorInfo }, DepthwiseConv2dNativeBackpropFilterAttrs, WasmBackend>(
    'wasm',
    DepthwiseConv2dNativeBackpropFilter,
    ({ inputs: { x, dy }, attrs, backend }) => {
      const { strides, dilations, pad, dimRoundingMode, filterShape } = attrs;
      const shape = x.shape as Quad;
      const info = backend_util.computeConv2DInfo(shape, filterShape, strides, dilations, pad, dimRoundingMode, true);
      const out = backend.makeOutput(filterShape, 'float32');
      const dw = backend.typedArrayFromHeap(out).fill(0);
      const [xs, dys] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(dy)];
      forEachPair(info, (from, tap, to) => {
        dw[tap] = (dw[tap] as number) + (xs[from] as number) * (dys[to] as number);
      });
      return out;
    },
  );
  supplyKernel<{ dy: TensorInfo; filter: TensorInfo }, DepthwiseConv2dNativeBackpropInputAttrs, WasmBackend>(
    'wasm',
    DepthwiseConv2dNativeBackpropInput,
    ({ inputs: { dy, filter }, attrs, backend }) => {
      const { strides, dilations, pad, dimRoundingMode, inputShape } = attrs;
      const shape = filter.shape as Quad;
      const info = backend_util.computeConv2DInfo(inputShape, shape, strides, dilations, pad, dimRoundingMode, true);
      const out = backend.makeOutput(inputShape, 'float32');
      const dx = backend.typedArrayFromHeap(out).fill(0);
      const [ws, dys] = [backend.typedArrayFromHeap(filter), backend.typedArrayFromHeap(dy)];
      forEachPair(info, (from, tap, to) => {
        dx[from] = (dx[from] as number) + (ws[tap] as number) * (dys[to] as number);
      });
      return out;
    },
  );
}

/** Calls `visit` for every product of a depthwise convolution with the indices of its input, weight and output. */
function forEachPair(info: Info, visit: (from: number, tap: number, to: number) => void): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth, padInfo } = info;
  const multiplier = outChannels / inChannels;
  const outSize = info.batchSize * outHeight * outWidth;
  for (let o = 0; o < outSize; o++) {
    const outColumn = o % outWidth;
    const outRow = ((o - outColumn) / outWidth) % outHeight;
    const image = Math.floor(o / (outWidth * outHeight)) * inHeight;
    for (let i = 0; i < filterHeight; i++) {
      const row = outRow * info.strideHeight + i * info.dilationHeight - padInfo.top;
      if (row < 0 || row >= inHeight) continue;
      for (let j = 0; j < filterWidth; j++) {
        const column = outColumn * info.strideWidth + j * info.dilationWidth - padInfo.left;
        if (column < 0 || column >= inWidth) continue;
        const from = ((image + row) * inWidth + column) * inChannels;
        const tap = (i * filterWidth + j) * outChannels;
        for (let k = 0; k < outChannels; k++) visit(from + Math.floor(k / multiplier), tap + k, o * outChannels + k);
      }
    }
  }
}
