import {
  add,
  Cumprod,
  type CumprodAttrs,
  Cumsum,
  type CumsumAttrs,
  cumprod,
  cumsum,
  mul,
  reverse as reverseAxis,
  stack,
  type Tensor,
  unstack,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { provideGradient } from '../gradient.ts';

/** `Cumsum` on any axis, exclusive or reversed: the sum from the other end. tfjs's is transposed except on the last axis. */
export function cumsumGradient(): void {
  provideGradient(Cumsum, () => ({
    gradFunc: (dy, _saved, attrs) => {
      const { axis, exclusive, reverse } = attrs as unknown as CumsumAttrs;
      return { x: () => cumsum(dy as Tensor, axis, exclusive, !reverse) };
    },
  }));
}

/**
 * `Cumprod`, correct with zeros too:
 *
 *   dxᵢ = (x₁ ⋯ xᵢ₋₁)·sᵢ     sᵢ = dyᵢ + xᵢ₊₁·sᵢ₊₁                exclusive: sᵢ = dyᵢ₊₁ + xᵢ₊₁·sᵢ₊₁
 */
export function cumprodGradient(): void {
  provideGradient(Cumprod, () => ({
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => {
      const { axis, exclusive, reverse } = attrs as unknown as CumprodAttrs;
      const along = (tensor: Tensor): Tensor => (reverse ? reverseAxis(tensor, axis) : tensor);
      return {
        x: () => {
          const x = along(saved[0] as Tensor);
          const after = suffixes(unstack(x, axis), unstack(along(dy as Tensor), axis), exclusive);
          return along(mul(cumprod(x, axis, true), stack(after, axis)));
        },
      };
    },
  }));
}

function suffixes(xs: readonly Tensor[], dys: readonly Tensor[], exclusive: boolean): Tensor[] {
  const sums: Tensor[] = new Array(xs.length);
  for (let i = xs.length - 1; i >= 0; i--) {
    const [x, sum] = [xs[i + 1], sums[i + 1]];
    const carried = x === undefined || sum === undefined ? undefined : mul(x, sum);
    const own = exclusive ? dys[i + 1] : dys[i];
    sums[i] = own === undefined ? zerosLike(xs[i] as Tensor) : carried === undefined ? own : add(own, carried);
  }
  return sums;
}
