import type { Node } from '../graph.ts';
import { COMPOSED, isElementwise } from '../ops.ts';
import { broadcastShapes, isSameShape } from '../shapes.ts';
import { type Builder, type Rule, uniformValue } from './build.ts';

/** Ops that are expressed by others. */
export const decompose: Rule = (of, build) => {
  if (!COMPOSED.has(of.op)) return of;
  const [a, b] = of.inputs as [Node, Node];
  const { unary, binary, scalar } = build;
  const select = (condition: Node, yes: Node, no: Node): Node => choose(build, condition, yes, no);
  const isPositive = (): Node => binary('Greater', a, scalar(0));
  switch (of.op) {
    case 'Elu':
      return select(isPositive(), a, binary('Sub', unary('Exp', binary('Minimum', a, scalar(0))), scalar(1)));
    case 'Expm1':
      return binary('Sub', unary('Exp', a), scalar(1));
    case 'LeakyRelu':
      return select(isPositive(), a, binary('Multiply', a, scalar(of.attrs.alpha as number)));
    case 'Log1p':
      return unary('Log', binary('Add', a, scalar(1)));
    case 'EluGrad': {
      // Of the gradient a and the result b.
      const isLinear = binary('GreaterEqual', b, scalar(0));
      return binary('Multiply', a, select(isLinear, scalar(1), binary('Add', b, scalar(1))));
    }
    case 'Pow':
      return power(a, uniformValue(b), build) ?? of;
    case 'Relu':
      return binary('Maximum', a, scalar(0));
    case 'Relu6':
      return binary('Minimum', binary('Maximum', a, scalar(0)), scalar(6));
    case 'Rsqrt':
      return unary('Reciprocal', unary('Sqrt', a));
    case 'Sign':
      return select(isPositive(), scalar(1), select(binary('Less', a, scalar(0)), scalar(-1), scalar(0)));
    case 'Softplus': {
      const small = unary('Exp', unary('Neg', unary('Abs', a)));
      return binary('Add', binary('Maximum', a, scalar(0)), unary('Log', binary('Add', small, scalar(1))));
    }
    case 'SquaredDifference':
      return unary('Square', binary('Sub', a, b));
    default:
      return select(isPositive(), scalar(1), scalar(of.attrs.alpha as number));
  }
};

/** a to a power that is a multiple of a half from −4 to 4. */
function power(a: Node, exponent: number | undefined, build: Builder): Node | undefined {
  if (exponent === undefined || !Number.isInteger(2 * exponent) || Math.abs(exponent) > 4) return undefined;
  const { unary, binary } = build;
  if (exponent < 0) {
    const inverse = power(a, -exponent, build);
    return inverse && unary('Reciprocal', inverse);
  }
  if (exponent === 0) return build.broadcast(build.scalar(1), a.shape);
  const factors: Node[] = exponent % 1 === 0 ? [] : [unary('Sqrt', a)];
  for (let rest = Math.floor(exponent); rest > 0; rest -= 2) factors.unshift(rest === 1 ? a : unary('Square', a));
  return factors.reduce((product, factor) => binary('Multiply', product, factor));
}

/** Operands without the broadcasts that the op does itself, and constants of equal numbers as one number. */
export const peel: Rule = (of, build) => {
  if (!isElementwise(of)) return of;
  const operands = of.inputs.map((x) => {
    if (x.op === 'BroadcastTo') return x.inputs[0] as Node;
    const value = x.shape.length > 0 ? uniformValue(x) : undefined;
    return value === undefined ? x : build.scalar(value);
  });
  if (operands.every((x, i) => x === of.inputs[i])) return of;
  return build.broadcast(again(of, operands, build), of.shape);
};

/** The same op of other operands. */
export function again(of: Node, operands: readonly Node[], build: Builder): Node {
  const shape = broadcastShapes(...operands.map((x) => x.shape));
  const perRow = operands.some((x) => x.perRow && x.shape.length === shape.length);
  return build.make({ ...of, inputs: operands, shape, perRow });
}

function choose(build: Builder, condition: Node, yes: Node, no: Node): Node {
  const like: Node = { ...condition, op: 'Select', names: ['condition', 't', 'e'], attrs: {}, dtype: 'float32' };
  return again(like, [condition, yes, no], build);
}

/** Arithmetic with constants, signs, and pairs of ops that are one. */
export const calculate: Rule = (of, build) => {
  if (!isElementwise(of)) return of;
  const [a, b] = of.inputs as [Node, Node | undefined];
  const { unary, binary, scalar } = build;
  const [x, y] = of.inputs.map(uniformValue);
  if (of.op === 'Cast' && a.dtype === of.dtype) return a;
  if (b === undefined) return x === undefined ? ofSign(of, a, build) : foldUnary(of, x, build);
  if (of.op === 'Select') return x === undefined ? of : build.broadcast(x ? b : (of.inputs[2] as Node), of.shape);
  if (x !== undefined && y !== undefined) return foldBinary(of, x, y, build);
  const whole = (part: Node): Node => build.broadcast(part, of.shape);
  const [p, q] = [a, b];
  switch (of.op) {
    case 'Multiply':
      if (x === 1) return whole(q);
      if (y === 1) return whole(p);
      if (x === 0 || y === 0) return whole(scalar(0));
      if (x === -1) return whole(unary('Neg', q));
      if (y === -1) return whole(unary('Neg', p));
      if (y !== undefined && p.op === 'Multiply') {
        const inner = uniformValue(p.inputs[1] as Node);
        if (inner !== undefined) return whole(binary('Multiply', p.inputs[0] as Node, scalar(inner * y)));
      }
      return of;
    case 'Add':
      if (x === 0) return whole(q);
      if (y === 0) return whole(p);
      if (q.op === 'Neg') return whole(binary('Sub', p, q.inputs[0] as Node));
      if (p.op === 'Neg') return whole(binary('Sub', q, p.inputs[0] as Node));
      return of;
    case 'Sub':
      if (y === 0) return whole(p);
      if (x === 0) return whole(unary('Neg', q));
      if (q.op === 'Neg') return whole(binary('Add', p, q.inputs[0] as Node));
      return of;
    case 'RealDiv':
      if (y !== undefined) return whole(binary('Multiply', p, scalar(1 / y)));
      if (x === 1) return whole(unary('Reciprocal', q));
      if (!isSameShape(q.shape, of.shape)) return binary('Multiply', p, unary('Reciprocal', q));
      return of;
    default:
      return of;
  }
};

function ofSign(of: Node, a: Node, { unary, binary }: Builder): Node {
  const [inner, other] = a.inputs as [Node, Node];
  if (of.op === 'Neg' && a.op === 'Neg') return inner;
  if (of.op === 'Neg' && a.op === 'Sub') return binary('Sub', other, inner);
  if (of.op === 'Square' && a.op === 'Sqrt') return inner;
  if (of.op === 'Square' && a.op === 'Neg') return unary('Square', inner);
  if (of.op === 'Reciprocal' && a.op === 'Square' && (inner as Node).op === 'Sqrt') {
    return unary('Reciprocal', inner.inputs[0] as Node);
  }
  return of;
}

function foldUnary(of: Node, x: number, { scalar, broadcast }: Builder): Node {
  const folded: { readonly [op: string]: (x: number) => number } = {
    Abs: Math.abs,
    Cast: (value) => value,
    Exp: Math.exp,
    Log: Math.log,
    LogicalNot: (value) => (value ? 0 : 1),
    Neg: (value) => -value,
    Reciprocal: (value) => 1 / value,
    Sigmoid: (value) => 1 / (1 + Math.exp(-value)),
    Sqrt: Math.sqrt,
    Square: (value) => value * value,
    Tanh: Math.tanh,
  };
  const f = folded[of.op];
  return f === undefined ? of : broadcast(scalar(f(x)), of.shape);
}

function foldBinary(of: Node, x: number, y: number, { scalar, broadcast }: Builder): Node {
  const folded: { readonly [op: string]: (x: number, y: number) => number } = {
    Add: (a, b) => a + b,
    Equal: (a, b) => (a === b ? 1 : 0),
    Greater: (a, b) => (a > b ? 1 : 0),
    GreaterEqual: (a, b) => (a >= b ? 1 : 0),
    Less: (a, b) => (a < b ? 1 : 0),
    LessEqual: (a, b) => (a <= b ? 1 : 0),
    Maximum: Math.max,
    Minimum: Math.min,
    Multiply: (a, b) => a * b,
    NotEqual: (a, b) => (a !== b ? 1 : 0),
    RealDiv: (a, b) => a / b,
    Sub: (a, b) => a - b,
  };
  const f = folded[of.op];
  return f === undefined ? of : broadcast(scalar(f(x, y)), of.shape);
}
