import type { Node } from '../graph.ts';
import { isImmediate } from '../ops.ts';
import {
  byOneMinusSquare,
  bySigmoidSlope,
  type ElementwiseLoop,
  multiplyAdd,
  multiplySubtract,
  oneMinusSquare,
  sigmoidOfSum,
  sumOfThree,
  tanhOfSum,
} from './loops.ts';

/** A loop that computes a value from others than its inputs: those are not computed. Numbers stand for themselves. */
export type Fused = { readonly loop: ElementwiseLoop; readonly operands: readonly (Node | number)[] };

/**
 * One loop for an op and the ops before it, which nothing else is computed from (`isInner`):
 *
 *   a·b + c   c − a·b   a + b + c   σ(a + b + c)   tanh(a + b + c)   1 − y²   a·b·y·(1 − y)   a·b·(1 − y²)
 *
 * the last two being what the gradients of σ and tanh are made of.
 */
export function fused(of: Node, isInner: (of: Node) => boolean): Fused | undefined {
  const [a, b] = of.inputs as [Node, Node];
  const isInnerOf = (x: Node, op: string): boolean => x.op === op && isInner(x);
  switch (of.op) {
    case 'Sigmoid':
    case 'Tanh': {
      if (!isInnerOf(a, 'Add')) return undefined;
      const terms = termsOf(a, isInnerOf);
      return {
        loop: of.op === 'Sigmoid' ? sigmoidOfSum : tanhOfSum,
        operands: terms.length < 3 ? [...terms, 0] : terms,
      };
    }
    case 'Add': {
      const product = [b, a].find((x) => isInnerOf(x, 'Multiply'));
      if (product !== undefined) return { loop: multiplyAdd, operands: [...product.inputs, product === b ? a : b] };
      const terms = termsOf(of, isInnerOf);
      return terms.length === 3 ? { loop: sumOfThree, operands: terms } : undefined;
    }
    case 'Sub': {
      if (isInnerOf(b, 'Multiply')) return { loop: multiplySubtract, operands: [...b.inputs, a] };
      if (isOne(a) && isInnerOf(b, 'Square')) return { loop: oneMinusSquare, operands: b.inputs };
      return undefined;
    }
    case 'Multiply':
      return slopeOf(a, b, isInnerOf) ?? slopeOf(b, a, isInnerOf);
    default:
      return undefined;
  }
}

type IsInnerOf = (of: Node, op: string) => boolean;

/** Two or three terms of a sum. */
function termsOf({ inputs }: Node, isInnerOf: IsInnerOf): readonly Node[] {
  const [a, b] = inputs as [Node, Node];
  if (isInnerOf(a, 'Add')) return [...a.inputs, b];
  if (isInnerOf(b, 'Add')) return [a, ...b.inputs];
  return inputs;
}

/** `factor`, or the product that it is, times a slope. */
function slopeOf(factor: Node, slope: Node, isInnerOf: IsInnerOf): Fused | undefined {
  const factors = isInnerOf(factor, 'Multiply') ? factor.inputs : [factor, 1];
  if (isInnerOf(slope, 'Sub')) {
    const [one, squared] = slope.inputs as [Node, Node];
    if (!isOne(one) || !isInnerOf(squared, 'Square')) return undefined;
    return { loop: byOneMinusSquare, operands: [...factors, squared.inputs[0] as Node] };
  }
  if (!isInnerOf(slope, 'Multiply')) return undefined;
  const [p, q] = slope.inputs as [Node, Node];
  const y = isComplement(q, p) ? p : isComplement(p, q) ? q : undefined;
  return y && { loop: bySigmoidSlope, operands: [...factors, y] };
}

const isOne = (of: Node): boolean => isImmediate(of) && of.values?.[0] === 1;

/** Whether it is 1 − y. */
const isComplement = ({ op, inputs }: Node, y: Node): boolean =>
  op === 'Sub' && isOne(inputs[0] as Node) && inputs[1] === y;
