import type { Node } from './graph.ts';

/** Elementwise ops that are computed as such, after simplification; those of a higher cost are kept rather than computed again. */
const COSTS: { readonly [op: string]: 'cheap' | 'costly' } = {
  Abs: 'cheap',
  Add: 'cheap',
  Cast: 'cheap',
  ClipByValue: 'cheap',
  Equal: 'cheap',
  Exp: 'costly',
  Greater: 'cheap',
  GreaterEqual: 'cheap',
  Less: 'cheap',
  LessEqual: 'cheap',
  Log: 'costly',
  LogicalAnd: 'cheap',
  LogicalNot: 'cheap',
  LogicalOr: 'cheap',
  Maximum: 'cheap',
  Minimum: 'cheap',
  Multiply: 'cheap',
  Neg: 'cheap',
  NotEqual: 'cheap',
  RealDiv: 'costly',
  Reciprocal: 'costly',
  Select: 'cheap',
  Sigmoid: 'costly',
  Sqrt: 'costly',
  Square: 'cheap',
  Sub: 'cheap',
  Tanh: 'costly',
};

export const isElementwise = ({ op }: Node): boolean => op in COSTS;
export const isCostly = ({ op }: Node): boolean => COSTS[op] === 'costly';

/** Elementwise ops that simplification expresses by others. */
export const COMPOSED: ReadonlySet<string> = new Set([
  'Elu',
  'EluGrad',
  'Expm1',
  'LeakyRelu',
  'Log1p',
  'Pow',
  'Relu',
  'Relu6',
  'Rsqrt',
  'Sign',
  'Softplus',
  'SquaredDifference',
  'Step',
]);

/** A product with weights: of a row, or of `attrs.rows` rows that a row of the batch is made of (`RowsMatMul`). */
export const isProduct = ({ op }: Node): boolean => op === 'BatchMatMul' || op === 'RowsMatMul';

/** How many rows a product has for each row of the batch. */
export const rowsOfProduct = ({ attrs }: Node): number => (attrs.rows as number | undefined) ?? 1;

/** The axes of a reduction, from 0. */
export function axesOf({ attrs, inputs: [x] }: Node): number[] {
  const { rank } = { rank: (x as Node).shape.length };
  const given = attrs.axis ?? attrs.reductionIndices;
  if (given === undefined || given === null) return Array.from({ length: rank }, (_, i) => i);
  return [given].flat().map((axis) => ((axis as number) < 0 ? (axis as number) + rank : (axis as number)));
}

const isReduction = ({ op }: Node): boolean => op === 'Sum' || op === 'Max';

/** A sum or maximum of each row [rows, n] → [rows, 1]. */
export const isRowReduction = (of: Node): boolean => isReduction(of) && of.perRow;

/** A sum or maximum over an axis of each row, [before, n, after] over n. */
export const isAxisReduction = ({ op }: Node): boolean => op === 'RowSum' || op === 'RowMax';

/** Values side by side in a row. */
export const isJoined = ({ op }: Node): boolean => op === 'Concat' || op === 'RowConcat';

/** A sum over rows, [rows, n] → [1, n]. */
export const isColumnSum = (of: Node): boolean =>
  of.op === 'Sum' && !of.perRow && (of.inputs[0] as Node).perRow && axesOf(of).join() === '0';

/** Numbers of a row. */
export const widthOf = ({ shape, perRow }: Node): number =>
  (perRow ? shape.slice(1) : shape).reduce((size, axis) => size * axis, 1);

/** Whether a constant is one number, which code contains. */
export const isImmediate = ({ op, values }: Node): boolean => op === 'Const' && values?.length === 1;
