import { OptionError, type Rng } from '@elman/core';
import { identity, orthogonal, uniform } from '@elman/nn';
import { concat, type Tensor2D, tidy } from '@tensorflow/tfjs-core';

const INITIALIZERS = ['uniform', 'orthogonal', 'identity'] as const;

/** Initial values of a recurrent kernel. */
export type RecurrentInitializer = (typeof INITIALIZERS)[number];

/** The options of an initializer, as factories declare them. */
export const RECURRENT_OPTIONS: {
  readonly recurrentInitializer: readonly RecurrentInitializer[];
  readonly recurrentScale: 'number';
} = { recurrentInitializer: INITIALIZERS, recurrentScale: 'number' };

/** How a recurrent kernel starts. */
export type RecurrentInitializerOptions = {
  /**
   * `uniform`, the default; `orthogonal`: a random orthogonal matrix (Saxe et al. 2014); `identity` (Le et al. 2015). Of a
   * gated cell each gate's block of hiddenSize columns is such a matrix.
   */
  readonly recurrentInitializer?: RecurrentInitializer | undefined;
  /** The factor of an orthogonal matrix or of the identity; default 1. */
  readonly recurrentScale?: number | undefined;
};

/**
 * The initializer of a recurrent kernel of `blocks` matrices side by side, and what a recipe says of it: the options that
 * were given. Uniform is on ±limit.
 *
 * @throws {OptionError} if the initializer is none of these, or the scale is not a finite number, or is given with uniform.
 */
export function recurrentInitializer(
  where: string,
  options: RecurrentInitializerOptions,
): {
  readonly given: { readonly recurrentInitializer?: RecurrentInitializer; readonly recurrentScale?: number };
  init(rng: Rng, block: readonly [number, number], uniformly: { blocks?: number; limit: number }): Tensor2D;
} {
  const { recurrentInitializer: kind = 'uniform', recurrentScale: scale = 1 } = options;
  if (!INITIALIZERS.includes(kind)) {
    throw new OptionError(`${where}: recurrentInitializer: expected uniform, orthogonal or identity, got ${kind}.`);
  }
  if (!Number.isFinite(scale)) {
    throw new OptionError(`${where}: recurrentScale: expected a finite number, got ${scale}.`);
  }
  if (kind === 'uniform' && scale !== 1) {
    throw new OptionError(
      `${where}: recurrentScale: expected none with the recurrentInitializer uniform, got ${scale}; it scales orthogonal and identity.`,
    );
  }
  return {
    given: Object.fromEntries(
      Object.entries({
        recurrentInitializer: options.recurrentInitializer,
        recurrentScale: options.recurrentScale,
      }).filter(([, value]) => value !== undefined),
    ),
    init(rng, [rows, columns], { blocks = 1, limit }) {
      if (kind === 'uniform') return uniform(rng, [rows, blocks * columns], limit);
      const matrix = kind === 'orthogonal' ? orthogonal : identity;
      return tidy(() => {
        const matrices = Array.from({ length: blocks }, (_, i) => matrix(rng.fork(i), [rows, columns], scale));
        return concat<Tensor2D>(matrices, 1);
      });
    },
  };
}
