import {
  type BroadCastToAttrs,
  BroadcastTo,
  GatherNd,
  GatherV2,
  type GatherV2Attrs,
  MirrorPad,
  type MirrorPadAttrs,
  OneHot,
  type OneHotAttrs,
  PadV2,
  type PadV2Attrs,
  Reverse,
  type ReverseAttrs,
  ScatterNd,
  type ScatterNdAttrs,
  TensorScatterUpdate,
  Tile,
  type TileAttrs,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import { inputOf, isSame, type Rules } from './rule.ts';

const grown = (shape: readonly number[], paddings: readonly (readonly [number, number])[]): number[] =>
  shape.map((size, axis) => size + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));

/** Ops that copy numbers to other places. */
export const copies: Rules = {
  [Tile]: (call) => {
    const x = inputOf(call, 'x');
    const { reps } = call.attrs as unknown as TileAttrs;
    if (reps.every((count) => count === 1)) return x;
    const shape = x.shape.map((size, axis) => size * (reps[axis] as number));
    return call.recorder.add(Tile, { x }, { attrs: { reps }, shape, dtype: x.dtype });
  },
  [BroadcastTo]: (call) => {
    const x = inputOf(call, 'x');
    const { shape } = call.attrs as unknown as BroadCastToAttrs;
    if (isSame(x.shape, shape)) return x;
    return call.recorder.add(BroadcastTo, { x }, { attrs: call.attrs, shape, dtype: x.dtype });
  },
  [PadV2]: (call) => {
    const x = inputOf(call, 'x');
    const shape = grown(x.shape, (call.attrs as unknown as PadV2Attrs).paddings);
    if (isSame(shape, x.shape)) return x;
    return call.recorder.add(PadV2, { x }, { attrs: call.attrs, shape, dtype: x.dtype });
  },
  [MirrorPad]: (call) => {
    const x = inputOf(call, 'x');
    const shape = grown(x.shape, (call.attrs as unknown as MirrorPadAttrs).paddings);
    return call.recorder.add(MirrorPad, { x }, { attrs: call.attrs, shape, dtype: x.dtype });
  },
  [Reverse]: (call) => {
    const x = inputOf(call, 'x');
    const dims = util.parseAxisParam((call.attrs as unknown as ReverseAttrs).dims, [...x.shape]);
    if (dims.every((axis) => x.shape[axis] === 1)) return x;
    return call.recorder.add(Reverse, { x }, { attrs: { dims }, shape: x.shape, dtype: x.dtype });
  },
  [GatherV2]: (call) => {
    const [x, indices] = [inputOf(call, 'x'), inputOf(call, 'indices')];
    const { axis: given, batchDims } = call.attrs as unknown as GatherV2Attrs;
    const axis = util.parseAxisParam(given, [...x.shape])[0] as number;
    const shape = [...x.shape.slice(0, axis), ...indices.shape.slice(batchDims), ...x.shape.slice(axis + 1)];
    return call.recorder.add(GatherV2, { x, indices }, { attrs: { axis, batchDims }, shape, dtype: x.dtype });
  },
  [GatherNd]: (call) => {
    const [params, indices] = [inputOf(call, 'params'), inputOf(call, 'indices')];
    const shape = [...indices.shape.slice(0, -1), ...params.shape.slice(indices.shape.at(-1))];
    return call.recorder.add(GatherNd, { params, indices }, { shape, dtype: params.dtype });
  },
  [ScatterNd]: (call) => {
    const { shape } = call.attrs as unknown as ScatterNdAttrs;
    const { dtype } = inputOf(call, 'updates');
    return call.recorder.add(ScatterNd, call.inputs, { attrs: { shape }, shape, dtype });
  },
  [TensorScatterUpdate]: (call) => {
    const { shape, dtype } = inputOf(call, 'tensor');
    return call.recorder.add(TensorScatterUpdate, call.inputs, { attrs: call.attrs, shape, dtype });
  },
  [OneHot]: (call) => {
    const indices = inputOf(call, 'indices');
    const { depth, dtype } = call.attrs as unknown as OneHotAttrs;
    return call.recorder.add(OneHot, { indices }, { attrs: call.attrs, shape: [...indices.shape, depth], dtype });
  },
  [UnsortedSegmentSum]: (call) => {
    const [x, segmentIds] = [inputOf(call, 'x'), inputOf(call, 'segmentIds')];
    const { numSegments } = call.attrs as unknown as UnsortedSegmentSumAttrs;
    const shape = [numSegments, ...x.shape.slice(segmentIds.shape.length)];
    return call.recorder.add(UnsortedSegmentSum, { x, segmentIds }, { attrs: { numSegments }, shape, dtype: x.dtype });
  },
};
