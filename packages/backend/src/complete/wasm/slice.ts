import {
  backend_util,
  Slice,
  type SliceAttrs,
  SplitV,
  type SplitVAttrs,
  slice_util,
  type TensorInfo,
  Unpack,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { provideKernel } from '../kernel.ts';
import { copyRuns, type WasmBackend } from './heap.ts';

type Input = { x: TensorInfo };

/**
 * `Slice`, `SplitV` and `Unpack` on wasm as moves within the heap. tfjs reads the whole input into JavaScript for each
 * piece, so that splitting a sequence costs the square of its length.
 */
export function sliceInPlace(): void {
  provideKernel<Input, SliceAttrs, WasmBackend>('wasm', Slice, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [number[], number[]];
    const cut = onlyCutAxis(x.shape, size);
    if (x.dtype === 'string' || cut === undefined) return original(call);
    return piece(backend, x, cut, begin[cut] as number, size[cut] as number, size);
  });

  provideKernel<Input, SplitVAttrs, WasmBackend>('wasm', SplitV, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    if (x.dtype === 'string') return original(call);
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0] as number;
    let begin = 0;
    return backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits, axis).map((length) => {
      const part = piece(backend, x, axis, begin, length, x.shape.with(axis, length));
      begin += length;
      return part;
    });
  });

  provideKernel<{ value: TensorInfo }, UnpackAttrs, WasmBackend>('wasm', Unpack, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { value } = inputs;
    if (value.dtype === 'string') return original(call);
    const axis = util.parseAxisParam(attrs.axis, value.shape)[0] as number;
    const shape = value.shape.toSpliced(axis, 1);
    return Array.from({ length: value.shape[axis] as number }, (_, i) => piece(backend, value, axis, i, 1, shape));
  });
}

/** The axis along which a slice takes less than all; undefined where there are several. Axis 0 where it takes all. */
function onlyCutAxis(shape: readonly number[], size: readonly number[]): number | undefined {
  const cut = shape.flatMap((length, axis) => (length === size[axis] ? [] : [axis]));
  return cut.length > 1 || shape.length === 0 ? undefined : (cut[0] ?? 0);
}

/** `length` entries of `x` from `begin` on along `axis`, as a fresh tensor of the given shape. */
function piece(
  backend: WasmBackend,
  x: TensorInfo,
  axis: number,
  begin: number,
  length: number,
  shape: number[],
): TensorInfo {
  const count = util.sizeFromShape(x.shape.slice(0, axis));
  const inner = util.sizeFromShape(x.shape.slice(axis + 1));
  const out = backend.makeOutput(shape, x.dtype);
  const stride = (x.shape[axis] as number) * inner;
  copyRuns(backend, x, out, { start: begin * inner, stride, run: length * inner, count });
  return out;
}
