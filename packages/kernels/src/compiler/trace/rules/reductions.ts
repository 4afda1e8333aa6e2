import {
  All,
  Any,
  ArgMax,
  ArgMin,
  Cumprod,
  Cumsum,
  type DataType,
  LogSoftmax,
  Max,
  Mean,
  Min,
  Prod,
  Softmax,
  Sum,
  TopK,
  type TopKAttrs,
  upcastType,
  util,
} from '@tensorflow/tfjs-core';
import type { Node } from '../../graph.ts';
import { type Call, forAll, inputOf, type Rule, type Rules } from './rule.ts';

type Axes = { readonly axis?: number | number[] | undefined; readonly keepDims?: boolean | undefined };

/** A reduction over axes, whose attribute is called `axis` or `name`. */
function reduction(dtypeOf: (dtype: DataType) => DataType, name = 'axis'): Rule {
  return ({ recorder, op, inputs, attrs }) => {
    const { shape, dtype } = Object.values(inputs)[0] as Node;
    const axes = axesOf(attrs[name] as Axes['axis'], shape);
    const keepDims = Boolean(attrs.keepDims);
    const kept = keepDims ? shape.map((size, axis) => (axes.includes(axis) ? 1 : size)) : without(shape, axes);
    return recorder.add(op, inputs, { attrs: { [name]: axes, keepDims }, shape: kept, dtype: dtypeOf(dtype) });
  };
}

const axesOf = (axis: Axes['axis'], shape: readonly number[]): number[] =>
  util.parseAxisParam(axis ?? shape.map((_, i) => i), [...shape]).toSorted((a, b) => a - b);
const without = (shape: readonly number[], axes: readonly number[]): number[] =>
  shape.filter((_, axis) => !axes.includes(axis));

/** The index of the largest or least number along an axis. */
const position: Rule = (call) => {
  const x = inputOf(call, 'x');
  const axes = axesOf(call.attrs.axis as number, x.shape);
  return call.recorder.add(call.op, { x }, { attrs: { axis: axes[0] }, shape: without(x.shape, axes), dtype: 'int32' });
};

/** Along an axis, of the shape of its input. */
function along(name: string, axisName: string): Rule {
  return (call) => {
    const x = inputOf(call, name);
    const axis = axesOf((call.attrs[axisName] as number | undefined) ?? -1, x.shape)[0];
    const attrs = { ...call.attrs, [axisName]: axis };
    return call.recorder.add(call.op, call.inputs, { attrs, shape: x.shape, dtype: dtypeAlong(call, x) });
  };
}

const atLeastInt = (dtype: DataType): DataType => upcastType(dtype, 'int32');
const dtypeAlong = ({ op }: Call, { dtype }: Node): DataType => (op === Cumsum ? atLeastInt(dtype) : dtype);

/** Ops along axes. */
export const reductions: Rules = {
  ...forAll([Sum, Prod], reduction(atLeastInt)),
  [Mean]: reduction(() => 'float32'),
  [Min]: reduction((dtype) => dtype),
  [Max]: reduction((dtype) => dtype, 'reductionIndices'),
  ...forAll(
    [All, Any],
    reduction(() => 'bool'),
  ),
  ...forAll([ArgMax, ArgMin], position),
  ...forAll([Cumsum, Cumprod], along('x', 'axis')),
  [Softmax]: along('logits', 'dim'),
  [LogSoftmax]: along('logits', 'axis'),
  [TopK]: (call) => {
    const x = inputOf(call, 'x');
    const { k } = call.attrs as unknown as TopKAttrs;
    const shape = [...x.shape.slice(0, -1), k];
    return (['float32', 'int32'] as const).map((dtype, out) =>
      call.recorder.add(TopK, { x }, { attrs: call.attrs, shape, dtype: out === 0 ? x.dtype : dtype, out }),
    );
  },
};
