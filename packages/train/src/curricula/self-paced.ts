import { json, OptionError } from '@elman/core';
import type { Curriculum } from './curriculum.ts';
import { type LadderOptions, ladder } from './ladder.ts';
import { expectFraction } from './range.ts';

/** Options of the self-paced curriculum. */
export type SelfPacedOptions = LadderOptions & {
  /** The accuracy on held-out rows of the level at which the level rises; default: 0.95. */
  readonly accuracy?: number | undefined;
  /** The levels of the training rows: all so far, each equally likely, or only the last; default: all. */
  readonly rows?: 'all' | 'last' | undefined;
};

/** The rung. */
export type SelfPacedState = { readonly rung: number };

/**
 * The level rises when the accuracy at it reaches a threshold:
 *
 *   difficulty ~ U{level₀ … levelₖ}
 *   after an evaluation at levelₖ:  if accuracy ≥ threshold:  k ← k + 1
 *
 * so that earlier levels are not forgotten. With `rows: 'last'` every row is of levelₖ.
 *
 * (Not the self-paced learning of Kumar et al. 2010, which weighs single rows by their loss.)
 *
 * @throws {OptionError} if the easiest is harder than the target, or the accuracy is not from 0 to 1; while training, if the
 * model measures no accuracy.
 */
export function selfPacedCurriculum(options: SelfPacedOptions): Curriculum<SelfPacedState> {
  const where = 'selfPacedCurriculum';
  const { accuracy: threshold = 0.95, rows = 'all' } = options;
  const { top, level } = ladder(where, options);
  expectFraction(where, 'accuracy', threshold);
  if (rows !== 'all' && rows !== 'last') {
    throw new OptionError(`${where}: rows: expected all or last, got ${rows}.`);
  }
  return {
    name: 'selfPaced',
    start: () => ({ rung: 0 }),
    draw: ({ rung }, rng) => level(rows === 'last' ? rung : rng.integer(Math.min(rung, top) + 1)),
    level: ({ rung }) => level(rung),
    check: json.record({ rung: json.count }),
    advance({ rung }, { metrics: { accuracy } }) {
      if (accuracy === undefined) {
        throw new OptionError(`${where}: the model measures no accuracy to pace itself by; use naiveCurriculum.`);
      }
      return { rung: accuracy >= threshold ? Math.min(rung + 1, top) : rung };
    },
    isSettled: ({ rung }) => rung >= top,
  };
}
