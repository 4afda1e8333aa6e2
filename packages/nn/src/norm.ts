import { expectSizes, OptionError, type Rng } from '@elman/core';
import {
  add,
  mean,
  mul,
  ones,
  rsqrt,
  square,
  sub,
  type Tensor,
  type Tensor1D,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { withGradient } from './custom-gradient.ts';
import { expectLastAxis } from './expect.ts';

/** Size of a normalisation. */
export type NormOptions = {
  readonly size: number;
  /** Added to the variance (the mean square); 1e-5 by default. */
  readonly epsilon?: number | undefined;
};

/** gain [size] and bias [size]. */
export type LayerNormParams = { readonly gain: Tensor1D; readonly bias: Tensor1D };

/** gain [size]. */
export type RmsNormParams = { readonly gain: Tensor1D };

/** A normalisation of the last axis. */
export interface Norm<P> {
  readonly name: string;
  readonly size: number;
  init(rng?: Rng): P;
  /** […, size] to […, size]. */
  apply<T extends Tensor>(params: P, x: T): T;
}

/**
 * Layer normalisation.
 *
 *   y = gain·(x − mean(x)) / √(variance(x) + ε) + bias      over the last axis
 *
 * Shapes: x […, size] → y […, size]. The variance divides by `size`.
 * Init:   gain 1, bias 0.
 * @throws {ShapeError} if the last axis of x is not `size`.
 * @see Ba, Kiros & Hinton 2016
 */
export function layerNorm(options: NormOptions): Norm<LayerNormParams> {
  const name = 'layerNorm';
  const { size, epsilon } = checked(name, options);
  return {
    name,
    size,
    init: () => ({ gain: ones([size]), bias: zeros([size]) }),
    apply<T extends Tensor>(params: LayerNormParams, x: T): T {
      expectLastAxis(name, 'input', x, 'size', size);
      return tidy(() => add(mul(standardise(x, epsilon, true), params.gain), params.bias) as T);
    },
  };
}

/**
 * Root-mean-square normalisation: layer normalisation without subtracting the mean.
 *
 *   y = gain·x / √(mean(x²) + ε)      over the last axis
 *
 * Shapes: x […, size] → y […, size].
 * Init:   gain 1.
 * @throws {ShapeError} if the last axis of x is not `size`.
 * @see Zhang & Sennrich 2019
 */
export function rmsNorm(options: NormOptions): Norm<RmsNormParams> {
  const name = 'rmsNorm';
  const { size, epsilon } = checked(name, options);
  return {
    name,
    size,
    init: () => ({ gain: ones([size]) }),
    apply<T extends Tensor>(params: RmsNormParams, x: T): T {
      expectLastAxis(name, 'input', x, 'size', size);
      return tidy(() => mul(standardise(x, epsilon, false), params.gain) as T);
    },
  };
}

/**
 * n = (x − m)·r with r = 1/√(mean((x − m)²) + ε), m the mean or 0; its gradient in closed form, a few operations:
 *
 *   dx = r·(dn − mean(dn) − n·mean(dn·n))      without mean(dn) where m is 0
 */
function standardise(x: Tensor, epsilon: number, center: boolean): Tensor {
  return withGradient(x, (input, save) => {
    const centered = center ? sub(input, mean(input, -1, true)) : input;
    const scale = rsqrt(add(mean(square(centered), -1, true), epsilon));
    const value: Tensor = mul(centered, scale);
    save([value, scale]);
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const [n, r] = saved as [Tensor, Tensor];
      const along = sub(dy, mul(n, mean(mul(dy, n), -1, true)));
      return mul(r, center ? sub(along, mean(dy, -1, true)) : along);
    };
    return { value, gradFunc };
  });
}

function checked(name: string, { size, epsilon = 1e-5 }: NormOptions): { size: number; epsilon: number } {
  expectSizes(name, { size });
  if (!(epsilon > 0)) throw new OptionError(`${name}: epsilon: expected a number above 0, got ${epsilon}.`);
  return { size, epsilon };
}
