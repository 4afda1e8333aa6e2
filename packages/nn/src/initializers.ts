import { OptionError, type Rng } from '@elman/core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';

/** The tensor type of a shape: `[number, number]` is a `Tensor2D`. */
export type TensorOf<S extends readonly number[]> = S extends readonly [number]
  ? Tensor1D
  : S extends readonly [number, number]
    ? Tensor2D
    : S extends readonly [number, number, number]
      ? Tensor3D
      : Tensor;

/** Uniform on [−limit, limit). Variance limit²/3. */
export function uniform<const S extends readonly number[]>(rng: Rng, shape: S, limit: number): TensorOf<S> {
  return rng.tensor(shape, (r) => r.uniform(-limit, limit)) as TensorOf<S>;
}

/** Normal with mean 0. Variance deviation². */
export function normal<const S extends readonly number[]>(rng: Rng, shape: S, deviation = 1): TensorOf<S> {
  return rng.tensor(shape, (r) => r.normal(0, deviation)) as TensorOf<S>;
}

/**
 * Uniform with variance 2 / (fanIn + fanOut), which keeps the variance of activations and of gradients near 1 through
 * layers of tanh. A shape is […, fanIn, fanOut]; axes before those two (the taps of a convolution) multiply both.
 *
 * @throws {OptionError} if the shape has fewer than two axes.
 * @see Glorot & Bengio 2010
 */
export function glorotUniform<const S extends readonly number[]>(rng: Rng, shape: S, gain = 1): TensorOf<S> {
  const { fanIn, fanOut } = fans('glorotUniform', shape);
  return uniform(rng, shape, gain * Math.sqrt(6 / (fanIn + fanOut)));
}

/** Normal with variance 2 / (fanIn + fanOut): `glorotUniform` with a normal distribution. */
export function glorotNormal<const S extends readonly number[]>(rng: Rng, shape: S, gain = 1): TensorOf<S> {
  const { fanIn, fanOut } = fans('glorotNormal', shape);
  return normal(rng, shape, gain * Math.sqrt(2 / (fanIn + fanOut)));
}

/**
 * Uniform with variance 2 / fanIn, which keeps the variance of activations through layers of relu.
 *
 * @throws {OptionError} if the shape has fewer than two axes.
 * @see He et al. 2015
 */
export function heUniform<const S extends readonly number[]>(rng: Rng, shape: S, gain = 1): TensorOf<S> {
  return uniform(rng, shape, gain * Math.sqrt(6 / fans('heUniform', shape).fanIn));
}

/** Normal with variance 2 / fanIn: `heUniform` with a normal distribution. */
export function heNormal<const S extends readonly number[]>(rng: Rng, shape: S, gain = 1): TensorOf<S> {
  return normal(rng, shape, gain * Math.sqrt(2 / fans('heNormal', shape).fanIn));
}

/**
 * `scale` on the diagonal, 0 elsewhere; also for matrices that are not square. Draws nothing from `rng`.
 *
 * As the recurrent kernel of a relu network this is the IRNN of Le, Jaitly & Hinton 2015.
 */
export function identity(rng: Rng, shape: readonly [number, number], scale = 1): Tensor2D {
  let at = 0;
  return rng.tensor(shape, () => (at++ % (shape[1] + 1) === 0 ? scale : 0)) as Tensor2D;
}

function fans(where: string, shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) {
    throw new OptionError(`${where}: shape: expected two axes or more, [fanIn, fanOut], got [${shape.join(', ')}].`);
  }
  const taps = shape.slice(0, -2).reduce((product, axis) => product * axis, 1);
  return { fanIn: taps * (shape.at(-2) as number), fanOut: taps * (shape.at(-1) as number) };
}
