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
import { type CpuBackend, valuesOf } from './backend.ts';

type Input = { x: TensorInfo };

/**
 * `Slice`, `SplitV` and `Unpack` on cpu by copying whole rows. tfjs computes the index of each number separately, which
 * makes a split of [16, 256] in four cost more than a millisecond.
 */
export function sliceByRows(): void {
  provideKernel<Input, SliceAttrs, CpuBackend>('cpu', Slice, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    if (!isPlain(x)) return original(call);
    const [begin, size] = slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [number[], number[]];
    const cut = x.shape.flatMap((length, axis) => (length === size[axis] ? [] : [axis]));
    const axis = cut[0];
    if (cut.length !== 1 || axis === undefined) return original(call);
    return piece(backend, x, axis, begin[axis] as number, size[axis] as number, size);
  });

  provideKernel<Input, SplitVAttrs, CpuBackend>('cpu', SplitV, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { x } = inputs;
    if (!isPlain(x)) return original(call);
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0] as number;
    let begin = 0;
    return backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits, axis).map((length) => {
      const part = piece(backend, x, axis, begin, length, x.shape.with(axis, length));
      begin += length;
      return part;
    });
  });

  provideKernel<{ value: TensorInfo }, UnpackAttrs, CpuBackend>('cpu', Unpack, (original) => (call) => {
    const { inputs, attrs, backend } = call;
    const { value } = inputs;
    if (!isPlain(value)) return original(call);
    const axis = util.parseAxisParam(attrs.axis, value.shape)[0] as number;
    const shape = value.shape.toSpliced(axis, 1);
    return Array.from({ length: value.shape[axis] as number }, (_, i) => piece(backend, value, axis, i, 1, shape));
  });
}

const isPlain = ({ dtype }: TensorInfo): boolean => dtype !== 'string' && dtype !== 'complex64';

/** `length` entries of `x` from `begin` on along `axis`: a view if they are contiguous, else a copy. */
function piece(
  backend: CpuBackend,
  x: TensorInfo,
  axis: number,
  begin: number,
  length: number,
  shape: readonly number[],
): TensorInfo {
  const values = valuesOf(backend, x);
  const count = util.sizeFromShape(x.shape.slice(0, axis));
  const inner = util.sizeFromShape(x.shape.slice(axis + 1));
  const [run, stride] = [length * inner, (x.shape[axis] as number) * inner];
  const start = begin * inner;
  if (count === 1) return backend.makeTensorInfo(shape, x.dtype, values.subarray(start, start + run));
  const out = util.getArrayFromDType(x.dtype as 'float32', count * run);
  for (let i = 0; i < count; i++) {
    const from = start + i * stride;
    if (run >= 32) out.set(values.subarray(from, from + run), i * run);
    else for (let k = 0; k < run; k++) out[i * run + k] = values[from + k] as number;
  }
  return backend.makeTensorInfo(shape, x.dtype, out);
}
