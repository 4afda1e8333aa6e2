import {
  Abs,
  Acos,
  Acosh,
  Add,
  AddN,
  Asin,
  Asinh,
  Atan,
  Atan2,
  Atanh,
  broadcast_util,
  Cast,
  type CastAttrs,
  Ceil,
  ClipByValue,
  Cos,
  Cosh,
  Elu,
  EluGrad,
  Equal,
  Erf,
  Exp,
  Expm1,
  Floor,
  FloorDiv,
  Greater,
  GreaterEqual,
  Identity,
  IsFinite,
  IsInf,
  IsNan,
  LeakyRelu,
  Less,
  LessEqual,
  Log,
  Log1p,
  LogicalAnd,
  LogicalNot,
  LogicalOr,
  Maximum,
  Minimum,
  Mod,
  Multiply,
  Neg,
  NotEqual,
  Pow,
  Prelu,
  RealDiv,
  Reciprocal,
  Relu,
  Relu6,
  Round,
  Rsqrt,
  Select,
  Selu,
  Sigmoid,
  Sign,
  Sin,
  Sinh,
  Softplus,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  Sub,
  Tan,
  Tanh,
  upcastType,
} from '@tensorflow/tfjs-core';
import type { Node } from '../../graph.ts';
import type { Recorder } from '../recorder.ts';
import { type Call, forAll, inputOf, listOf, type Rules } from './rule.ts';

const unary = [
  ...[Abs, Acos, Acosh, Asin, Asinh, Atan, Atanh, Ceil, ClipByValue, Cos, Cosh, Elu, Erf, Exp, Expm1, Floor],
  ...[LeakyRelu, Log, Log1p, Neg, Reciprocal, Relu, Relu6, Round, Rsqrt, Selu, Sigmoid, Sign, Sin, Sinh, Softplus],
  ...[Sqrt, Square, Step, Tan, Tanh],
];
const tests = [IsFinite, IsInf, IsNan, LogicalNot];
const binary = [
  ...[Add, Atan2, FloorDiv, Maximum, Minimum, Mod, Multiply, Pow, RealDiv, SquaredDifference, Sub, Prelu, EluGrad],
];
const comparisons = [Equal, Greater, GreaterEqual, Less, LessEqual, LogicalAnd, LogicalOr, NotEqual];

const broadcast = (call: Call): number[] => {
  const [a, b] = Object.values(call.inputs) as [Node, Node];
  return broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
};

/** The sum of two values of one shape or of broadcast ones. */
export function sumOf(recorder: Recorder, a: Node, b: Node): Node {
  const shape = broadcast_util.assertAndGetBroadcastShape([...a.shape], [...b.shape]);
  return recorder.add(Add, { a, b }, { shape, dtype: a.dtype });
}

/** Ops on single numbers, with broadcasting. */
export const elementwise: Rules = {
  ...forAll(unary, ({ recorder, op, inputs, attrs }) => {
    const { shape, dtype } = Object.values(inputs)[0] as Node;
    return recorder.add(op, inputs, { attrs, shape, dtype });
  }),
  ...forAll(tests, ({ recorder, op, inputs }) => {
    const { shape } = Object.values(inputs)[0] as Node;
    return recorder.add(op, inputs, { shape, dtype: 'bool' });
  }),
  ...forAll(binary, (call) => {
    const { dtype } = Object.values(call.inputs)[0] as Node;
    return call.recorder.add(call.op, call.inputs, { shape: broadcast(call), dtype });
  }),
  ...forAll(comparisons, (call) => call.recorder.add(call.op, call.inputs, { shape: broadcast(call), dtype: 'bool' })),
  [Identity]: (call) => inputOf(call, 'x'),
  [Cast]: (call) => {
    const x = inputOf(call, 'x');
    const { dtype } = call.attrs as unknown as CastAttrs;
    if (x.dtype === dtype) return x;
    return call.recorder.add(Cast, { x }, { attrs: { dtype }, shape: x.shape, dtype });
  },
  [AddN]: (call) => listOf(call).reduce((sum, each) => sumOf(call.recorder, sum, each)),
  [Select]: (call) => {
    const [t, e] = [inputOf(call, 't'), inputOf(call, 'e')];
    return call.recorder.add(Select, call.inputs, { shape: t.shape, dtype: upcastType(t.dtype, e.dtype) });
  },
};
