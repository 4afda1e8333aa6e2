import { expectSizes, json, OptionError } from '@elman/core';
import type { Curriculum } from './curriculum.ts';
import { type LadderOptions, ladder } from './ladder.ts';
import { expectFraction } from './range.ts';

/** Options of the naive curriculum. */
export type NaiveOptions = LadderOptions & {
  /** Evaluations over which the loss must fall; default: 5. */
  readonly patience?: number | undefined;
  /** The relative decrease of the loss that counts as progress; default: 0. */
  readonly threshold?: number | undefined;
  /** The accuracy above which the level rises at once; default: 0.95. */
  readonly mastered?: number | undefined;
};

/** The rung, and the losses of the last evaluations on it. */
export type NaiveState = { readonly rung: number; readonly losses: readonly number[] };

/**
 * Every row has the difficulty of the level, which rises when the loss at it no longer falls:
 *
 *   length ← 1, nesting ← 1
 *   after evaluation k at this level:
 *     stalled:  lossₖ ≥ (1 − threshold) · lossₖ₋ₚ, p = patience;  or  accuracyₖ > mastered
 *     if stalled and length < a:        length ← length + 1
 *     else if stalled and nesting < b:  length ← 1, nesting ← nesting + 1
 *
 * The paper's "once learning stops making progress" is defined here as in the authors' code (`main.lua`: accuracy above
 * 0.95, or below that of five evaluations before), with the loss on held-out rows in place of the accuracy in training.
 * `order` chooses which number is raised first; the authors found no difference.
 *
 * @throws {OptionError} if the easiest is harder than the target, or an option is out of range.
 * @see Zaremba & Sutskever 2014, Learning to Execute, section 4, "Naive curriculum strategy (naive)"; Bengio et al.
 * 2009, Curriculum learning
 */
export function naiveCurriculum(options: NaiveOptions): Curriculum<NaiveState> {
  const where = 'naiveCurriculum';
  const { patience = 5, threshold = 0, mastered = 0.95 } = options;
  const { top, level } = ladder(where, options);
  expectSizes(where, { patience });
  expectFraction(where, 'mastered', mastered);
  if (!(threshold >= 0 && threshold < 1)) {
    throw new OptionError(`${where}: threshold: expected a number from 0 to below 1, got ${threshold}.`);
  }
  return {
    name: 'naive',
    start: () => ({ rung: 0, losses: [] }),
    draw: ({ rung }) => level(rung),
    level: ({ rung }) => level(rung),
    check: json.record({ rung: json.count, losses: json.list(json.number) }),
    advance({ rung, losses }, { loss, metrics: { accuracy = 0 } }) {
      const [before] = losses;
      const isStalled = before !== undefined && losses.length === patience && loss >= (1 - threshold) * before;
      if (isStalled || accuracy > mastered) return { rung: Math.min(rung + 1, top), losses: [] };
      return { rung, losses: [...losses, loss].slice(-patience) };
    },
    isSettled: ({ rung }) => rung >= top,
  };
}
