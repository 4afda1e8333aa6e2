import type { Rng } from '@elman/core';
import {
  abs,
  add,
  broadcastTo,
  cast,
  clipByValue,
  concat,
  cumsum,
  div,
  elu,
  equal,
  exp,
  expandDims,
  expm1,
  fill,
  greater,
  greaterEqual,
  leakyRelu,
  less,
  lessEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logSoftmax,
  matMul,
  max,
  maximum,
  mean,
  min,
  minimum,
  mul,
  neg,
  notEqual,
  ones,
  pad,
  pow,
  prod,
  range,
  reciprocal,
  relu,
  relu6,
  reshape,
  reverse,
  rsqrt,
  scalar,
  sigmoid,
  sign,
  sin,
  slice,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  squaredDifference,
  squeeze,
  stack,
  step,
  sub,
  sum,
  type Tensor,
  tanh,
  tensor1d,
  tile,
  transpose,
  unstack,
  where,
  zeros,
} from '@tensorflow/tfjs-core';

export type Arguments = readonly (number | string | boolean | readonly number[] | readonly (readonly number[])[])[];

/** What an op may use beside its inputs. */
type Around = { readonly batch: number; readonly rng: Rng | undefined };

type Op = {
  run(inputs: readonly Tensor[], args: Arguments, around: Around): Tensor | Tensor[];
  text(from: readonly string[], args: Arguments): string;
};

type AnyFunction = (...given: never[]) => Tensor | Tensor[];
const shown = (arg: Arguments[number]): string => JSON.stringify(arg)?.replaceAll('"', "'");

/** `op(...inputs, ...args)`. */
const call = (name: string, f: AnyFunction): Op => ({
  run: (inputs, args) => f(...([...inputs, ...args] as never[])),
  text: (from, args) => `${name}(${[...from, ...args.map(shown)].join(', ')})`,
});

/** `op([...inputs], ...args)`. */
const ofList = (name: string, f: AnyFunction): Op => ({
  run: (inputs, args) => f(...([inputs, ...args] as never[])),
  text: (from, args) => `${name}([${from.join(', ')}], ${args.map(shown).join(', ')})`,
});

const calls = <Name extends string>(functions: { readonly [name in Name]: AnyFunction }): { [name in Name]: Op } =>
  Object.fromEntries(Object.entries(functions).map(([name, f]) => [name, call(name, f as AnyFunction)])) as never;

const comparisons = { equal, greater, greaterEqual, less, lessEqual, notEqual };
export type Comparison = keyof typeof comparisons;
const compare = (name: unknown, a: Tensor, b: Tensor): Tensor => comparisons[name as Comparison](a, b);

type Draw = (rng: Rng) => number;
const draws: { readonly [name: string]: Draw } = {
  normal: (r) => r.normal(0, 0.5),
  dropped: (r) => (r.uniform() < 0.4 ? 0 : 1.6),
};
const streamOf = (rng: Rng, kind: unknown, label: unknown): Rng =>
  (kind === 'sequence' ? rng.sequence() : rng).fork(label as string);
const streamText = ([kind, label]: Arguments): string =>
  `rng${kind === 'sequence' ? '.sequence()' : ''}.fork('${label}')`;

/** All that lines of a step may call. */
const table = {
  ...calls({ abs, add, clipByValue, cumsum, div, elu, exp, expandDims, expm1, leakyRelu, log, log1p }),
  ...calls({ logSoftmax, matMul, max, maximum, mean, min, minimum, mul, neg, pad, pow, prod, reciprocal, relu, relu6 }),
  ...calls({ reshape, reverse, rsqrt, sigmoid, sign, sin, slice, softmax, softplus, split, sqrt, square }),
  ...calls({ squaredDifference, squeeze, step, sub, sum, tanh, tile, transpose, unstack, scalar, tensor1d, range }),
  concat: ofList('concat', concat as never),
  stack: ofList('stack', stack as never),
  /** Constants of rows: args [shape without batch]. */
  zerosOf: {
    run: (_, [shape], { batch }) => zeros([batch, ...(shape as number[])]),
    text: (_, [shape]) => `zeros([batch, ${shape}])`,
  },
  onesOf: {
    run: (_, [shape], { batch }) => ones([batch, ...(shape as number[])]),
    text: (_, [shape]) => `ones([batch, ${shape}])`,
  },
  fillOf: {
    run: (_, [shape, value], { batch }) => fill([batch, ...(shape as number[])], value as number),
    text: (_, [shape, value]) => `fill([batch, ${shape}], ${value})`,
  },
  broadcastOf: {
    run: ([x], [shape], { batch }) => broadcastTo(x as Tensor, [batch, ...(shape as number[])]),
    text: ([x], [shape]) => `broadcastTo(${x}, [batch, ${shape}])`,
  },
  /** x if a and b compare so, else y. */
  whereOf: {
    run: ([a, b, x, y], [name]) => where(compare(name, a as Tensor, b as Tensor), x as Tensor, y as Tensor),
    text: ([a, b, x, y], [name]) => `where(${name}(${a}, ${b}), ${x}, ${y})`,
  },
  whereBoth: {
    run: ([a, b, x, y], [name, other, value, join]) => {
      const [first, second] = [
        compare(name, a as Tensor, b as Tensor),
        compare(other, a as Tensor, scalar(value as number)),
      ];
      const both = join === 'and' ? logicalAnd(first, second) : logicalOr(first, logicalNot(second));
      return where(both, x as Tensor, y as Tensor);
    },
    text: ([a, b, x, y], [name, other, value, join]) =>
      join === 'and'
        ? `where(logicalAnd(${name}(${a}, ${b}), ${other}(${a}, ${value})), ${x}, ${y})`
        : `where(logicalOr(${name}(${a}, ${b}), logicalNot(${other}(${a}, ${value}))), ${x}, ${y})`,
  },
  gated: {
    run: ([x, a, b], [name]) => mul(x as Tensor, cast(compare(name, a as Tensor, b as Tensor), 'float32')),
    text: ([x, a, b], [name]) => `mul(${x}, cast(${name}(${a}, ${b}), 'float32'))`,
  },
  /** Noise per row, and noise that all rows share: args [kind, label, draw, shape]. Without rng it is 1. */
  noiseOf: {
    run: (_, [kind, label, draw, shape], { batch, rng }) =>
      rng === undefined
        ? ones([batch, ...(shape as number[])])
        : streamOf(rng, kind, label).tensor([batch, ...(shape as number[])], draws[draw as string] as Draw),
    text: (_, args) => `${streamText(args)}.tensor([batch, ${args[3]}], ${args[2]})`,
  },
  noise: {
    run: (_, [kind, label, draw, shape], { rng }) =>
      rng === undefined
        ? ones(shape as number[])
        : streamOf(rng, kind, label).tensor(shape as number[], draws[draw as string] as Draw),
    text: (_, args) => `${streamText(args)}.tensor([${args[3]}], ${args[2]})`,
  },
  /** Two tensors drawn one after the other. */
  noises: {
    run: (_, [kind, label, draw, shape], { batch, rng }) => {
      const stream = rng && streamOf(rng, kind, label);
      const whole = [batch, ...(shape as number[])];
      const one = (): Tensor =>
        stream === undefined ? ones(whole) : stream.tensor(whole, draws[draw as string] as Draw);
      return [one(), one()];
    },
    text: (_, args) => `two of ${streamText(args)}.tensor([batch, ${args[3]}], ${args[2]})`,
  },
} satisfies { readonly [name: string]: Op };

export type OpName = keyof typeof table;
export const ops: { readonly [name in OpName]: Op } = table;
