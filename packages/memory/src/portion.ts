import { cumsum, relu, type Scalar, scalar, step, sub, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The portion of each element when an amount is taken from one end of a row of elements with strengths:
 *
 *   pᵢ = min(sᵢ, max(0, u − bᵢ)) = max(0, u − bᵢ) − max(0, u − bᵢ − sᵢ)     bᵢ = Σⱼ sⱼ over the elements between i and that end
 *
 * The right side has no kink where a strength is 0, as it is for every popped element.
 *
 * Shapes: strengths s [batch, n]; amount u [batch, 1] or one number for all; the result like s. From the first element
 * on, or from the last.
 */
export function portion(strengths: Tensor2D, amount: Tensor2D | number, from: 'first' | 'last'): Tensor2D {
  const wanted: Tensor2D | Scalar = typeof amount === 'number' ? scalar(amount) : amount;
  const left = sub(wanted, cumsum(strengths, 1, true, from === 'last'));
  return sub(relu(left), relu(sub(left, strengths)));
}

/** Rounds to 0 or 1, without a gradient. */
export const nearest = (x: Tensor2D): Tensor2D => step(sub(x, 0.5));
