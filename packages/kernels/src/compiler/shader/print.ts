import { ACTIVATIONS } from '../../gpu/shader.ts';
import { type Node, NotCompilable } from '../graph.ts';

/*
 * Expressions in the language that GLSL and WGSL share, see `gpu/shader.ts`. Booleans are the numbers 0 and 1.
 */

/** Functions that expressions call. A branch in `truth` would be one in every loop: SwiftShader did not finish compiling some. */
export const FUNCTIONS: string = `${ACTIVATIONS}
float truth(bool x) {
  return float(x);
}
float pick(float condition, float yes, float no) {
  if (condition != 0.0) { return yes; }
  return no;
}
float whole(float x) {
  if (x < 0.0) { return -floor(-x); }
  return floor(x);
}
`;

type Print = (...operands: string[]) => string;

const PRINTED: { readonly [op: string]: Print } = {
  Abs: (x) => `abs(${x})`,
  Add: (x, y) => `(${x} + ${y})`,
  Equal: (x, y) => `truth(${x} == ${y})`,
  Exp: (x) => `exp(${x})`,
  Greater: (x, y) => `truth(${x} > ${y})`,
  GreaterEqual: (x, y) => `truth(${x} >= ${y})`,
  Less: (x, y) => `truth(${x} < ${y})`,
  LessEqual: (x, y) => `truth(${x} <= ${y})`,
  Log: (x) => `log(${x})`,
  LogicalAnd: (x, y) => `(${x} * ${y})`,
  LogicalNot: (x) => `(1.0 - ${x})`,
  LogicalOr: (x, y) => `max(${x}, ${y})`,
  Maximum: (x, y) => `max(${x}, ${y})`,
  Minimum: (x, y) => `min(${x}, ${y})`,
  Multiply: (x, y) => `(${x} * ${y})`,
  Neg: (x) => `(-${x})`,
  NotEqual: (x, y) => `truth(${x} != ${y})`,
  RealDiv: (x, y) => `(${x} / ${y})`,
  Reciprocal: (x) => `(1.0 / ${x})`,
  Select: (condition, yes, no) => `pick(${condition}, ${yes}, ${no})`,
  Sigmoid: (x) => `sigmoid(${x})`,
  Sqrt: (x) => `sqrt(${x})`,
  Square: (x) => `(${x} * ${x})`,
  Sub: (x, y) => `(${x} - ${y})`,
  Tanh: (x) => `squash(${x})`,
};

/** An elementwise op of operands that are names of variables. */
export function printed(of: Node, operands: readonly string[]): string {
  const [x] = operands as [string];
  if (of.op === 'Cast') return cast(of, x);
  if (of.op === 'ClipByValue') {
    const { clipValueMin, clipValueMax } = of.attrs as { clipValueMin: number; clipValueMax: number };
    return `min(max(${x}, ${literal(clipValueMin, of)}), ${literal(clipValueMax, of)})`;
  }
  const print = PRINTED[of.op];
  if (print === undefined) throw new NotCompilable(`${of.op} is not among the ops of shaders`, of.op, of.line);
  return print(...operands);
}

function cast(of: Node, x: string): string {
  const from = (of.inputs[0] as Node).dtype;
  if (of.dtype === 'bool') return from === 'bool' ? x : `truth(${x} != 0.0)`;
  return of.dtype === 'int32' && from === 'float32' ? `whole(${x})` : x;
}

/** A number as a literal. */
export function literal(value: number, of: Node): string {
  if (!Number.isFinite(value)) throw new NotCompilable(`${value} is not among the numbers of shaders`, of.op, of.line);
  const text = `${Math.fround(value)}`;
  const number = /[.e]/.test(text) ? text : `${text}.0`;
  return value < 0 ? `(${number})` : number;
}
