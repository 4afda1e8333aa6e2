import type { Node } from '../graph.ts';
import { NotCompilable } from '../graph.ts';
import { type Code, type Local, simd, V128 } from './code.ts';

/**
 * Vectors that are computed side by side, each in a local: an instruction for the first, then for the next, so that a
 * processor works on one while it waits for the result of another. A single one stands for all.
 */
export type Vectors = readonly Local[];

/** What the code of vector functions needs: its function, and constants in locals. */
export type VectorCode = {
  readonly code: Code;
  /** Whether the engine has fused multiply-add. */
  readonly hasFma: boolean;
  /** Four times this number. */
  constant(value: number): Vectors;
  /** Four times these bits. */
  bits(value: number): Vectors;
};

/** Of each vector what `push` pushes, given the locals of the operands. */
function sideBySide(code: Code, operands: readonly Vectors[], push: (...locals: Local[]) => void): Vectors {
  const count = Math.max(...operands.map(({ length }) => length));
  return Array.from({ length: count }, (_, at) => {
    push(...operands.map((vectors) => (vectors.length === 1 ? vectors[0] : vectors[at]) as Local));
    const out = code.local(V128);
    code.set(out);
    return out;
  });
}

/** An instruction of its operands. */
export function apply({ code }: VectorCode, instruction: number, ...operands: readonly Vectors[]): Vectors {
  return sideBySide(code, operands, (...locals) => {
    for (const local of locals) code.get(local);
    code.simd(instruction);
  });
}

/** a·b + c: one rounding where there is relaxed SIMD, two otherwise. */
export function madd(vector: VectorCode, a: Vectors, b: Vectors, c: Vectors): Vectors {
  const { code, hasFma } = vector;
  if (hasFma) return apply(vector, simd.madd, a, b, c);
  return sideBySide(code, [a, b, c], (x, y, z) => {
    code
      .get(x as Local)
      .get(y as Local)
      .simd(simd.multiply)
      .get(z as Local)
      .simd(simd.add);
  });
}

/** c − a·b. */
export function negativeMadd(vector: VectorCode, a: Vectors, b: Vectors, c: Vectors): Vectors {
  const { hasFma } = vector;
  if (hasFma) return apply(vector, simd.negativeMadd, a, b, c);
  return apply(vector, simd.subtract, c, apply(vector, simd.multiply, a, b));
}

/** Elementwise ops that are one instruction. */
const INSTRUCTIONS: { readonly [op: string]: number } = {
  Abs: simd.abs,
  Add: simd.add,
  LogicalAnd: simd.multiply,
  LogicalOr: simd.maximum,
  Maximum: simd.maximum,
  Minimum: simd.minimum,
  Multiply: simd.multiply,
  Neg: simd.negate,
  RealDiv: simd.divide,
  Sqrt: simd.squareRoot,
  Sub: simd.subtract,
};

/** Comparisons: 1 where one holds, else 0. */
const COMPARISONS: { readonly [op: string]: number } = {
  Equal: simd.equal,
  Greater: simd.greater,
  GreaterEqual: simd.greaterOrEqual,
  Less: simd.less,
  LessEqual: simd.lessOrEqual,
  NotEqual: simd.notEqual,
};

/** An elementwise op. eˣ is that of assembly/vectors.ts, bit for bit. */
export function elementwise(vector: VectorCode, of: Node, operands: readonly Vectors[]): Vectors {
  const { constant } = vector;
  const instruction = INSTRUCTIONS[of.op];
  if (instruction !== undefined) return apply(vector, instruction, ...operands);
  const comparison = COMPARISONS[of.op];
  if (comparison !== undefined) return apply(vector, simd.and, apply(vector, comparison, ...operands), constant(1));
  const [a, b, c] = operands as [Vectors, Vectors, Vectors];
  switch (of.op) {
    case 'Cast':
      return a;
    case 'ClipByValue': {
      const raised = apply(vector, simd.maximum, a, constant(of.attrs.clipValueMin as number));
      return apply(vector, simd.minimum, raised, constant(of.attrs.clipValueMax as number));
    }
    case 'Exp':
      return exp(vector, a);
    case 'Log':
      return log(vector, a);
    case 'LogicalNot':
      return apply(vector, simd.subtract, constant(1), a);
    case 'Reciprocal':
      return apply(vector, simd.divide, constant(1), a);
    case 'Select':
      return apply(vector, simd.bitselect, b, c, apply(vector, simd.notEqual, a, constant(0)));
    case 'Sigmoid':
      return sigmoid(vector, a);
    case 'Square':
      return apply(vector, simd.multiply, a, a);
    case 'Tanh':
      return tanh(vector, a);
    default:
      throw new NotCompilable(`${of.op} has no code`, of.op, of.line);
  }
}

/** Numbers below 1e-30 become 0: subnormals, below 1e-38, make every operation tens of times slower. */
export function flushed(vector: VectorCode, x: Vectors): Vectors {
  const isTiny = apply(vector, simd.less, apply(vector, simd.abs, x), vector.constant(1e-30));
  return apply(vector, simd.andNot, x, isTiny);
}

/** Shifts the bits of each number. */
function shifted({ code }: VectorCode, instruction: number, x: Vectors, by: number): Vectors {
  return sideBySide(code, [x], (local) => {
    code
      .get(local as Local)
      .i32(by)
      .simd(instruction);
  });
}

/** eʳ − 1 of the remainder r of y by n·ln 2, and 2ⁿ. */
function exponential(vector: VectorCode, y: Vectors): { readonly rest: Vectors; readonly scale: Vectors } {
  const { constant } = vector;
  const shift = madd(vector, y, constant(Math.LOG2E), constant(12582912));
  const n = apply(vector, simd.subtract, shift, constant(12582912));
  const high = madd(vector, n, constant(-0.693359375), y);
  const r = madd(vector, n, constant(2.12194440054691e-4), high);
  let q = madd(vector, r, constant(0.0013882395789864728), constant(0.008367180993809424));
  for (const coefficient of [0.04166722127188298, 0.1666653868152579, 0.49999998041772475]) {
    q = madd(vector, r, q, constant(coefficient));
  }
  const rest = madd(vector, apply(vector, simd.multiply, r, r), q, r);
  const scale = apply(vector, simd.addInt, shifted(vector, simd.shiftLeft, shift, 23), constant(1));
  return { rest, scale };
}

/** Within ±87, where eˣ and its inverse are normal numbers. */
function clamped(vector: VectorCode, x: Vectors): Vectors {
  const below = apply(vector, simd.pseudoMinimum, x, vector.constant(87));
  return apply(vector, simd.pseudoMaximum, below, vector.constant(-87));
}

function exp(vector: VectorCode, x: Vectors): Vectors {
  const { rest, scale } = exponential(vector, clamped(vector, x));
  return madd(vector, rest, scale, scale);
}

function sigmoid(vector: VectorCode, x: Vectors): Vectors {
  const one = vector.constant(1);
  const inverse = exp(vector, apply(vector, simd.negate, x));
  return apply(vector, simd.divide, one, apply(vector, simd.add, one, inverse));
}

/** tanh x = sign x · −(e⁻²ˡˣˡ − 1) / (e⁻²ˡˣˡ + 1). */
function tanh(vector: VectorCode, x: Vectors): Vectors {
  const { constant } = vector;
  const size = apply(vector, simd.multiply, apply(vector, simd.andNot, x, constant(-0)), constant(-2));
  const { rest, scale } = exponential(vector, apply(vector, simd.pseudoMaximum, size, constant(-40)));
  const less = madd(vector, rest, scale, apply(vector, simd.subtract, scale, constant(1)));
  const more = apply(vector, simd.add, less, constant(2));
  const absolute = apply(vector, simd.divide, apply(vector, simd.negate, less), more);
  return apply(vector, simd.or, apply(vector, simd.and, x, constant(-0)), absolute);
}

const LOG = [0.1167699874, -0.12420140846, 0.14249322787, -0.16668057665, 0.20000714765, -0.24999993993, 0.33333331174];

function log(vector: VectorCode, x: Vectors): Vectors {
  const { constant, bits } = vector;
  const above = apply(vector, simd.subtractInt, x, bits(0x3f3504f3));
  const n = apply(vector, simd.fromInt, shifted(vector, simd.shiftRight, above, 23));
  const mantissa = apply(vector, simd.subtractInt, x, apply(vector, simd.and, above, bits(0xff800000 | 0)));
  const r = apply(vector, simd.subtract, mantissa, constant(1));
  const square = apply(vector, simd.multiply, r, r);
  let q = madd(vector, r, constant(0.070376836292), constant(-0.1151461031));
  for (const coefficient of LOG) q = madd(vector, r, q, constant(coefficient));
  const cube = apply(vector, simd.multiply, r, square);
  let y = madd(vector, cube, q, apply(vector, simd.multiply, n, constant(-2.1219444e-4)));
  y = apply(vector, simd.add, madd(vector, square, constant(-0.5), y), r);
  // x − x is NaN for ∞ and NaN, else 0.
  return apply(vector, simd.add, madd(vector, n, constant(0.693359375), y), apply(vector, simd.subtract, x, x));
}
