import type { Json } from '@elman/core';
import type { Curriculum } from './curriculum.ts';
import { mixedCurriculum } from './mixed.ts';
import { type NaiveOptions, naiveCurriculum } from './naive.ts';
import { expectFraction } from './range.ts';

/** Options of the combined curriculum: the range, the mixing probability, and those of the naive part. */
export type CombinedOptions = NaiveOptions & {
  /** The probability m that a row is drawn by the mixed strategy; default: ⅕. */
  readonly mixed?: number | undefined;
  /** The curriculum of the other rows; default: the naive one. */
  readonly gradual?: Curriculum | undefined;
};

/**
 * A mixture of the naive and the mixed curriculum, drawn for each row independently:
 *
 *   difficulty ~ mixed with probability m, naive with 1 − m
 *
 * so that some rows are always hard. Progress is measured at the naive level. The paper does not give m; in the
 * authors' code it is ⅕. `gradual` replaces the naive curriculum.
 *
 * @throws {OptionError} if the easiest is harder than the target, or an option is out of range.
 * @see Zaremba & Sutskever 2014, Learning to Execute, section 4, "Combining the mixed strategy with naive curriculum
 * strategy (combined)"
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
    check: own.check,
    advance: (state, evaluation) => own.advance(state, evaluation),
    isSettled: (state) => own.isSettled?.(state) === true,
  };
}
