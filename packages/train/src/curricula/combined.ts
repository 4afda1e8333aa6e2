import type { Json } from '@elman/core';
import type { Curriculum } from './curriculum.ts';
import { mixedCurriculum } from './mixed.ts';
import { type NaiveOptions, naiveCurriculum } from './naive.ts';
import { expectFraction } from './range.ts';

/** From where to where, how many rows of which kind, and the options of the naive part. */
export type CombinedOptions = NaiveOptions & {
  /** The probability that a row is of the mixed kind; ⅕. */
  readonly mixed?: number | undefined;
  /** What the other rows are drawn by; default: the naive curriculum. */
  readonly gradual?: Curriculum | undefined;
};

/**
 * Rows of the naive and of the mixed curriculum side by side, each row by itself:
 *
 *   difficulty ~ mixed with probability m, naive with 1 − m
 *
 * so that the net always sees some hard rows. Progress is judged at the naive level. The paper leaves m open; in the authors' code it is ⅕.
 * With `gradual` another curriculum takes the place of the naive one.
 *
 * @throws {OptionError} if the easiest is harder than the target, or an option is out of its range.
 * @see Zaremba & Sutskever 2014, Learning to Execute, section 4, "Combining the mixed strategy with naive curriculum strategy (combined)"
 */
export function combinedCurriculum({ mixed = 0.2, gradual, ...options }: CombinedOptions): Curriculum {
  expectFraction('combinedCurriculum', 'mixed', mixed);
  const own: Curriculum = gradual ?? naiveCurriculum(options);
  const all = mixedCurriculum(options);
  return {
    name: gradual === undefined ? 'combined' : `combined ${gradual.name}`,
    start: () => own.start(),
    draw: (state: Json, rng) =>
      rng.fork('kind').uniform() < mixed ? all.draw(null, rng.fork('mixed')) : own.draw(state, rng.fork('gradual')),
    level: (state) => own.level(state),
    advance: (state, evaluation) => own.advance(state, evaluation),
    isSettled: (state) => own.isSettled?.(state) === true,
  };
}
