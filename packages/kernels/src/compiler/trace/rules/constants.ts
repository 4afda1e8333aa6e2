import {
  type DataType,
  Fill,
  type FillAttrs,
  LinSpace,
  type LinSpaceAttrs,
  OnesLike,
  Range,
  type RangeAttrs,
  util,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import type { Values } from '../../graph.ts';
import { inputOf, type Rules, sizeOf } from './rule.ts';

const filled = (shape: readonly number[], value: number, dtype: DataType): Values =>
  util.getTypedArrayFromDType(dtype as 'float32', sizeOf(shape)).fill(value) as Values;

/** Values that depend on attributes or shapes alone. */
export const constants: Rules = {
  [Fill]: ({ recorder, attrs }) => {
    const { shape, value, dtype } = attrs as unknown as FillAttrs;
    const inferred = dtype ?? util.inferDtype(value);
    if (typeof value === 'string') return recorder.refuse(Fill, 'strings have no compiled form');
    return recorder.constant(filled(shape, value, inferred), shape, inferred);
  },
  [ZerosLike]: (call) => {
    const { shape, dtype } = inputOf(call, 'x');
    return call.recorder.constant(filled(shape, 0, dtype), shape, dtype);
  },
  [OnesLike]: (call) => {
    const { shape, dtype } = inputOf(call, 'x');
    return call.recorder.constant(filled(shape, 1, dtype), shape, dtype);
  },
  [Range]: ({ recorder, attrs }) => {
    const { start, stop, step, dtype } = attrs as unknown as RangeAttrs;
    const count = Math.max(0, Math.ceil((stop - start) / step));
    const values = filled([count], 0, dtype).map((_, i) => start + i * step);
    return recorder.constant(values, [count], dtype);
  },
  [LinSpace]: ({ recorder, attrs }) => {
    const { start, stop, num } = attrs as unknown as LinSpaceAttrs;
    const values = Float32Array.from({ length: num }, (_, i) => start + (i * (stop - start)) / (num - 1));
    return recorder.constant(num === 1 ? Float32Array.of(start) : values, [num], 'float32');
  },
};
