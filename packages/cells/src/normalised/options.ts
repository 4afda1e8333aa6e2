import { OptionError } from '@elman/core';

/** Sizes of a layer-normalised cell. */
export type LayerNormCellOptions = {
  readonly inputSize: number;
  readonly hiddenSize: number;
  /** Added to each variance; default 1e-5. */
  readonly epsilon?: number;
};

/** @throws {OptionError} unless epsilon is above 0. */
export function expectEpsilon(where: string, epsilon: number): void {
  if (epsilon > 0) return;
  throw new OptionError(`${where}: epsilon: expected a number above 0, got ${epsilon}.`);
}
