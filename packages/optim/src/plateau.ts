import { OptionError } from '@elman/core';
import { expectCount, expectNonNegative, expectPositive } from './options.ts';

/** Options of the plateau schedule. */
export type PlateauOptions = {
  /** The factor by which the scale is multiplied at a plateau, in (0, 1); 0.1. */
  readonly factor?: number | undefined;
  /** Observations without improvement that are tolerated; the next one is a plateau. 10. */
  readonly patience?: number | undefined;
  /** Relative to the best value, how far a value must be below it to count as better; 1e-4. */
  readonly threshold?: number | undefined;
  /** The lower bound of the scale; 0. */
  readonly minScale?: number | undefined;
};

/** The state: JSON, to be saved. `best` is null before the first observation. */
export type PlateauState = {
  readonly scale: number;
  readonly best: number | null;
  readonly waited: number;
};

/** Lowers the learning rate when a loss stops falling. */
export interface Plateau {
  /** The state before the first observation: scale 1. */
  init(): PlateauState;
  /** The state after a validation loss. `state.scale` multiplies the updates: `applyUpdates(params, updates, state.scale)`. */
  observe(state: PlateauState, value: number): PlateauState;
}

/**
 * Lowers the learning rate when a loss has stopped falling: on a plateau the scale is multiplied by `factor`.
 *
 *   better:  value < best − threshold·|best|
 *   plateau: more than `patience` observations in a row that are not better; then the count is reset
 *
 * NaN and Infinity are never better. Scaling every update is the same as scaling the learning rate.
 * @throws {OptionError} if the factor is not in (0, 1), patience is not a whole number from 0, threshold below 0 or
 * minScale not in [0, 1].
 * @see PyTorch, ReduceLROnPlateau (mode min, relative threshold)
 */
export function plateau(options: PlateauOptions = {}): Plateau {
  const { factor = 0.1, patience = 10, threshold = 1e-4, minScale = 0 } = options;
  expectPositive('plateau', { factor });
  expectCount('plateau', { patience }, 0);
  expectNonNegative('plateau', { threshold, minScale });
  if (factor >= 1) throw new OptionError(`plateau: factor: expected a number between 0 and 1, got ${factor}.`);
  if (minScale > 1) throw new OptionError(`plateau: minScale: expected a number from 0 to 1, got ${minScale}.`);
  return {
    init: () => ({ scale: 1, best: null, waited: 0 }),
    observe({ scale, best, waited }, value) {
      const better = Number.isFinite(value) && (best === null || value < best - threshold * Math.abs(best));
      if (better) return { scale, best: value, waited: 0 };
      if (waited < patience) return { scale, best, waited: waited + 1 };
      return { scale: Math.max(scale * factor, minScale), best, waited: 0 };
    },
  };
}
