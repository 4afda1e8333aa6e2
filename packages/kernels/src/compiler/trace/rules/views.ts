import {
  Concat,
  type ConcatAttrs,
  ExpandDims,
  type ExpandDimsAttrs,
  Pack,
  type PackAttrs,
  Reshape,
  type ReshapeAttrs,
  Slice,
  SplitV,
  type SplitVAttrs,
  StridedSlice,
  type StridedSliceAttrs,
  slice_util,
  Transpose,
  Unpack,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { Node } from '../../graph.ts';
import type { Recorder } from '../recorder.ts';
import { inputOf, isSame, listOf, type Rules, sizeOf } from './rule.ts';

/** A value in another shape. Views of views are views of the first. */
function reshaped(recorder: Recorder, of: Node, shape: readonly number[]): Node {
  const x = of.op === Reshape ? (of.inputs[0] as Node) : of;
  if (isSame(x.shape, shape)) return x;
  return recorder.add(Reshape, { x }, { attrs: { shape }, shape, dtype: x.dtype });
}

function sliced(recorder: Recorder, x: Node, begin: readonly number[], size: readonly number[]): Node {
  if (isSame(x.shape, size)) return x;
  return recorder.add(Slice, { x }, { attrs: { begin, size }, shape: size, dtype: x.dtype });
}

/** `count` numbers of an axis, from `from` on. */
function portion(recorder: Recorder, x: Node, axis: number, from: number, count: number): Node {
  const begin = x.shape.map((_, i) => (i === axis ? from : 0));
  return sliced(recorder, x, begin, x.shape.with(axis, count));
}

function joined(recorder: Recorder, parts: readonly Node[], axis: number): Node {
  // TensorFlow.js leaves out parts without numbers, whatever their shape.
  const filled = parts.filter(({ shape }) => sizeOf(shape) > 0);
  const [first = parts[0] as Node] = filled;
  if (filled.length < 2) return first;
  const total = filled.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
  return recorder.add(Concat, filled, { attrs: { axis }, shape: first.shape.with(axis, total), dtype: first.dtype });
}

const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);
const inserted = (shape: readonly number[], axis: number): number[] => shape.toSpliced(axis, 0, 1);

/** Ops that rearrange numbers. Splitting is slices, stacking a concatenation, and what moves axes of one number a view. */
export const views: Rules = {
  [Reshape]: (call) => {
    const x = inputOf(call, 'x');
    const { shape } = call.attrs as unknown as ReshapeAttrs;
    return reshaped(call.recorder, x, util.inferFromImplicitShape(shape, sizeOf(x.shape)));
  },
  [ExpandDims]: (call) => {
    const x = inputOf(call, 'input');
    const { dim } = call.attrs as unknown as ExpandDimsAttrs;
    return reshaped(call.recorder, x, inserted(x.shape, axisOf(dim, x.shape.length + 1)));
  },
  [Transpose]: (call) => {
    const x = inputOf(call, 'x');
    const perm = (call.attrs.perm as number[]).map((axis) => axisOf(axis, x.shape.length));
    const shape = perm.map((axis) => x.shape[axis] as number);
    const moved = perm.filter((axis) => x.shape[axis] !== 1);
    if (moved.every((axis, i) => i === 0 || axis > (moved[i - 1] as number))) return reshaped(call.recorder, x, shape);
    return call.recorder.add(Transpose, { x }, { attrs: { perm }, shape, dtype: x.dtype });
  },
  [Slice]: (call) => {
    const x = inputOf(call, 'x');
    const { begin, size } = call.attrs as unknown as { begin: number | number[]; size: number | number[] };
    const like = { shape: [...x.shape], dtype: x.dtype, dataId: {} };
    const [from, counts] = slice_util.parseSliceParams(like, begin, size) as [number[], number[]];
    slice_util.assertParamsValid(like, from, counts);
    return sliced(call.recorder, x, from, counts);
  },
  [StridedSlice]: (call) => {
    const x = inputOf(call, 'x');
    const { begin, end, strides, ...masks } = call.attrs as unknown as StridedSliceAttrs;
    const { finalShape, ...info } = slice_util.sliceInfo(
      [...x.shape],
      begin,
      end,
      strides,
      masks.beginMask,
      masks.endMask,
      masks.ellipsisMask,
      masks.newAxisMask,
      masks.shrinkAxisMask,
    );
    if (!info.isIdentity && !info.isSimpleSlice)
      call.recorder.refuse(StridedSlice, 'strides are not compiled; use slice');
    const size = slice_util.computeOutShape(info.begin, info.end, info.strides);
    return reshaped(call.recorder, sliced(call.recorder, x, info.begin, size), finalShape);
  },
  [SplitV]: (call) => {
    const x = inputOf(call, 'x');
    const { numOrSizeSplits, axis: given } = call.attrs as unknown as SplitVAttrs;
    const axis = axisOf(given, x.shape.length);
    const total = x.shape[axis] as number;
    const sizes = Array.isArray(numOrSizeSplits)
      ? withRest(numOrSizeSplits, total)
      : Array.from({ length: numOrSizeSplits }, () => total / numOrSizeSplits);
    let from = 0;
    return sizes.map((size) => {
      const part = portion(call.recorder, x, axis, from, size);
      from += size;
      return part;
    });
  },
  [Unpack]: (call) => {
    const x = inputOf(call, 'value');
    const axis = axisOf((call.attrs as unknown as UnpackAttrs).axis, x.shape.length);
    const shape = x.shape.toSpliced(axis, 1);
    return Array.from({ length: x.shape[axis] as number }, (_, i) =>
      reshaped(call.recorder, portion(call.recorder, x, axis, i, 1), shape),
    );
  },
  [Concat]: (call) => {
    const parts = listOf(call);
    const axis = axisOf((call.attrs as unknown as ConcatAttrs).axis, (parts[0] as Node).shape.length);
    return joined(call.recorder, parts, axis);
  },
  [Pack]: (call) => {
    const parts = listOf(call);
    const axis = axisOf((call.attrs as unknown as PackAttrs).axis, (parts[0] as Node).shape.length + 1);
    const grown = parts.map((part) => reshaped(call.recorder, part, inserted(part.shape, axis)));
    return joined(call.recorder, grown, axis);
  },
};

/** Sizes of which one may be −1, the rest. */
function withRest(sizes: readonly number[], total: number): number[] {
  const rest = total - sizes.reduce((sum, size) => sum + Math.max(size, 0), 0);
  return sizes.map((size) => (size < 0 ? rest : size));
}
