import type { Node } from '../graph.ts';
import { NotCompilable } from '../graph.ts';
import { type Code, type Local, simd, V128 } from './code.ts';

/** What the code of vector functions needs: its function, and constants in locals. */
export type VectorCode = {
  readonly code: Code;
  /** Whether the engine has fused multiply-add. */
  readonly hasFma: boolean;
  /** A local with four times this number. */
  constant(value: number): Local;
  /** A local with four times these bits. */
  bits(value: number): Local;
};

/** Pops a, b and c; pushes a·b + c: one rounding where there is relaxed SIMD, two otherwise. */
export function madd({ code, hasFma }: VectorCode, a: Local, b: Local, c: Local): Code {
  code.get(a).get(b);
  if (hasFma) return code.get(c).simd(simd.madd);
  return code.simd(simd.multiply).get(c).simd(simd.add);
}

/** Pushes c − a·b. */
export function negativeMadd({ code, hasFma }: VectorCode, a: Local, b: Local, c: Local): Code {
  if (hasFma) return code.get(a).get(b).get(c).simd(simd.negativeMadd);
  return code.get(c).get(a).get(b).simd(simd.multiply).simd(simd.subtract);
}

/** The local of an elementwise op of operands in locals. eˣ is that of assembly/vectors.ts, bit for bit. */
export function elementwise(vector: VectorCode, of: Node, operands: readonly Local[]): Local {
  const { code, constant } = vector;
  const [a, b, c] = operands as [Local, Local, Local];
  const out = code.local(V128);
  const unary = (instruction: number): Local => {
    code.get(a).simd(instruction).set(out);
    return out;
  };
  const binary = (instruction: number): Local => {
    code.get(a).get(b).simd(instruction).set(out);
    return out;
  };
  /** 1 where a comparison holds, else 0. */
  const flag = (instruction: number): Local => {
    code.get(a).get(b).simd(instruction).get(constant(1)).simd(simd.and).set(out);
    return out;
  };
  switch (of.op) {
    case 'Abs':
      return unary(simd.abs);
    case 'Add':
      return binary(simd.add);
    case 'Cast':
      return a;
    case 'ClipByValue':
      code
        .get(a)
        .get(constant(of.attrs.clipValueMin as number))
        .simd(simd.maximum);
      code
        .get(constant(of.attrs.clipValueMax as number))
        .simd(simd.minimum)
        .set(out);
      return out;
    case 'Equal':
      return flag(simd.equal);
    case 'Exp':
      return exp(vector, a);
    case 'Greater':
      return flag(simd.greater);
    case 'GreaterEqual':
      return flag(simd.greaterOrEqual);
    case 'Less':
      return flag(simd.less);
    case 'LessEqual':
      return flag(simd.lessOrEqual);
    case 'Log':
      return log(vector, a);
    case 'LogicalAnd':
      code.get(a).get(b).simd(simd.multiply).set(out);
      return out;
    case 'LogicalNot':
      code.get(constant(1)).get(a).simd(simd.subtract).set(out);
      return out;
    case 'LogicalOr':
      return binary(simd.maximum);
    case 'Maximum':
      return binary(simd.maximum);
    case 'Minimum':
      return binary(simd.minimum);
    case 'Multiply':
      return binary(simd.multiply);
    case 'Neg':
      return unary(simd.negate);
    case 'NotEqual':
      return flag(simd.notEqual);
    case 'RealDiv':
      return binary(simd.divide);
    case 'Reciprocal':
      code.get(constant(1)).get(a).simd(simd.divide).set(out);
      return out;
    case 'Select':
      code.get(b).get(c).get(a).get(constant(0)).simd(simd.notEqual).simd(simd.bitselect).set(out);
      return out;
    case 'Sigmoid':
      return sigmoid(vector, a);
    case 'Sqrt':
      return unary(simd.squareRoot);
    case 'Square':
      code.get(a).get(a).simd(simd.multiply).set(out);
      return out;
    case 'Sub':
      return binary(simd.subtract);
    case 'Tanh':
      return tanh(vector, a);
    default:
      throw new NotCompilable(`${of.op} has no code`, of.op, of.line);
  }
}

/** Numbers below 1e-30 become 0: subnormals, below 1e-38, make every operation tens of times slower. */
export function flushed({ code, constant }: VectorCode, x: Local): Local {
  const out = code.local(V128);
  code.get(x).get(x).simd(simd.abs).get(constant(1e-30)).simd(simd.less).simd(simd.andNot).set(out);
  return out;
}

/** eʳ − 1 of the remainder r of y by n·ln 2, and 2ⁿ. */
function exponential(vector: VectorCode, y: Local): { readonly rest: Local; readonly scale: Local } {
  const { code, constant } = vector;
  const [shift, n, r, q, scale, square] = Array.from({ length: 6 }, () => code.local(V128)) as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  madd(vector, y, constant(Math.LOG2E), constant(12582912)).set(shift);
  code.get(shift).get(constant(12582912)).simd(simd.subtract).set(n);
  madd(vector, n, constant(-0.693359375), y).set(r);
  madd(vector, n, constant(2.12194440054691e-4), r).set(r);
  madd(vector, r, constant(0.0013882395789864728), constant(0.008367180993809424)).set(q);
  for (const coefficient of [0.04166722127188298, 0.1666653868152579, 0.49999998041772475]) {
    madd(vector, r, q, constant(coefficient)).set(q);
  }
  code.get(r).get(r).simd(simd.multiply).set(square);
  madd(vector, square, q, r).set(q);
  code.get(shift).i32(23).simd(simd.shiftLeft).get(constant(1)).simd(simd.addInt).set(scale);
  return { rest: q, scale };
}

/** Within ±87, where eˣ and its inverse are normal numbers. */
function clamped({ code, constant }: VectorCode): Code {
  return code.get(constant(87)).simd(simd.pseudoMinimum).get(constant(-87)).simd(simd.pseudoMaximum);
}

function exp(vector: VectorCode, x: Local): Local {
  const { code } = vector;
  const y = code.local(V128);
  code.get(x);
  clamped(vector).set(y);
  const { rest, scale } = exponential(vector, y);
  const out = code.local(V128);
  madd(vector, rest, scale, scale).set(out);
  return out;
}

function sigmoid(vector: VectorCode, x: Local): Local {
  const { code, constant } = vector;
  const y = code.local(V128);
  code.get(x).simd(simd.negate);
  clamped(vector).set(y);
  const { rest, scale } = exponential(vector, y);
  const out = code.local(V128);
  code.get(constant(1)).get(constant(1));
  madd(vector, rest, scale, scale).simd(simd.add).simd(simd.divide).set(out);
  return out;
}

function tanh(vector: VectorCode, x: Local): Local {
  const { code, constant } = vector;
  const [y, e, less, out] = Array.from({ length: 4 }, () => code.local(V128)) as [Local, Local, Local, Local];
  code.get(x).get(constant(-0)).simd(simd.andNot).get(constant(-2)).simd(simd.multiply);
  code.get(constant(-40)).simd(simd.pseudoMaximum).set(y);
  const { rest, scale } = exponential(vector, y);
  code.get(scale).get(constant(1)).simd(simd.subtract).set(less);
  madd(vector, rest, scale, less).set(e);
  code.get(x).get(constant(-0)).simd(simd.and);
  code.get(e).simd(simd.negate).get(e).get(constant(2)).simd(simd.add).simd(simd.divide).simd(simd.or).set(out);
  return out;
}

const LOG = [0.1167699874, -0.12420140846, 0.14249322787, -0.16668057665, 0.20000714765, -0.24999993993, 0.33333331174];

function log(vector: VectorCode, x: Local): Local {
  const { code, constant, bits } = vector;
  const [shifted, n, r, square, q, cube, y, out] = Array.from({ length: 8 }, () => code.local(V128)) as Local[] as [
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
    Local,
  ];
  code.get(x).get(bits(0x3f3504f3)).simd(simd.subtractInt).set(shifted);
  code.get(shifted).i32(23).simd(simd.shiftRight).simd(simd.fromInt).set(n);
  code
    .get(x)
    .get(shifted)
    .get(bits(0xff800000 | 0))
    .simd(simd.and)
    .simd(simd.subtractInt)
    .get(constant(1))
    .simd(simd.subtract)
    .set(r);
  code.get(r).get(r).simd(simd.multiply).set(square);
  madd(vector, r, constant(0.070376836292), constant(-0.1151461031)).set(q);
  for (const coefficient of LOG) madd(vector, r, q, constant(coefficient)).set(q);
  code.get(r).get(square).simd(simd.multiply).set(cube);
  code.get(n).get(constant(-2.1219444e-4)).simd(simd.multiply).set(y);
  madd(vector, cube, q, y).set(y);
  madd(vector, square, constant(-0.5), y).get(r).simd(simd.add).set(y);
  madd(vector, n, constant(0.693359375), y).get(x).get(x).simd(simd.subtract).simd(simd.add).set(out);
  return out;
}
