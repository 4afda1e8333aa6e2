import { OptionError } from '@elman/core';
import { add, exp, maximum, neg, softplus, sub, type Tensor2D } from '@tensorflow/tfjs-core';

export const FORGET_GATES = ['sigmoid', 'exponential'] as const;

/** Of the forget gate; the input gate is exponential. */
export type ForgetGate = (typeof FORGET_GATES)[number];

/** Pre-activations of input and forget gate, and the stabiliser, all of one shape. */
type Gates = { readonly i: Tensor2D; readonly f: Tensor2D; readonly m: Tensor2D };

/**
 * Exponential gates that are divided by exp(m'), which a normaliser that is divided by it too cancels:
 *
 *   m' = max(log forget(f) + m, i)
 *   keep = forget(f)·exp(m − m')                  up to 1
 *   write = exp(i − m')                           up to 1
 */
export function stabilised(
  { i, f, m }: Gates,
  forgetGate: ForgetGate,
): { readonly keep: Tensor2D; readonly write: Tensor2D; readonly m: Tensor2D } {
  const kept: Tensor2D = add(forgetGate === 'sigmoid' ? neg(softplus(neg(f))) : f, m);
  const next: Tensor2D = maximum(kept, i);
  return { keep: exp(sub(kept, next)), write: exp(sub(i, next)), m: next };
}

/** The stabiliser before the first frame: so low that m' = i there, whatever f is. */
export const UNWRITTEN = -1000;

/** @throws {OptionError} unless it is one of these. */
export function expectForgetGate(where: string, gate: string): void {
  if (gate === 'sigmoid' || gate === 'exponential') return;
  throw new OptionError(`${where}: forgetGate: expected sigmoid or exponential, got ${gate}.`);
}
