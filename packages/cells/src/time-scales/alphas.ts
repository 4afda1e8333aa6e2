import { naturalLog, OptionError } from '@elman/core';
import { sigmoid, type Tensor1D, tensor1d } from '@tensorflow/tfjs-core';

/** alphaLogit [size], if α is learnt: α = σ(alphaLogit). */
export type AlphaParams = { readonly alphaLogit?: Tensor1D };

/** α, the fraction of its value that a unit keeps at each frame: constants, or a parameter. */
export type Alphas = {
  init(): AlphaParams;
  /** [size] */
  of(params: AlphaParams): Tensor1D;
};

/** @throws {OptionError} unless every α is from 0 to 1 or, if it is learnt, in between. */
export function alphasOf(where: string, option: string, alphas: readonly number[], learnAlpha: boolean): Alphas {
  const isGood = (alpha: number): boolean => (learnAlpha ? alpha > 0 && alpha < 1 : alpha >= 0 && alpha <= 1);
  const wrong = alphas.find((alpha) => !isGood(alpha));
  if (wrong !== undefined) {
    const wanted = learnAlpha ? 'between 0 and 1, without them, as it is learnt' : 'from 0 to 1';
    throw new OptionError(`${where}: ${option}: expected an α ${wanted}, got ${wrong}.`);
  }
  if (!learnAlpha) return { init: () => ({}), of: () => tensor1d([...alphas]) };
  return {
    init: () => ({ alphaLogit: tensor1d(alphas.map((alpha) => naturalLog(alpha) - naturalLog(1 - alpha))) }),
    of: ({ alphaLogit }) => sigmoid(alphaLogit as Tensor1D),
  };
}

/** One number a unit, from a list of them or one for all. @throws {OptionError} if the list has another length. */
export function perUnit(where: string, option: string, given: number | readonly number[], size: number): number[] {
  if (typeof given === 'number') return Array<number>(size).fill(given);
  if (given.length === size) return [...given];
  throw new OptionError(`${where}: ${option}: expected a number or ${size} of them, got ${given.length}.`);
}
