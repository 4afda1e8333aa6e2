import { json } from '@elman/core';
import type { Curriculum } from './curriculum.ts';
import { boundsOf, type CurriculumRange, uniform } from './range.ts';

/**
 * Easy and hard rows mixed: every number of every row is drawn independently,
 *
 *   length ~ U{easiest … target},  nesting ~ U{easiest … target},  …
 *
 * throughout training.
 *
 * @throws {OptionError} if the easiest is harder than the target.
 * @see Zaremba & Sutskever 2014, Learning to Execute, section 4, "Mixed strategy (mix)"
 */
export function mixedCurriculum(range: CurriculumRange): Curriculum<null> {
  const bounds = boundsOf('mixedCurriculum', range);
  return {
    name: 'mixed',
    start: () => null,
    draw: (_, rng) => uniform(bounds, rng),
    level: () => range.target,
    check: json.oneOf(null),
    advance: () => null,
    isSettled: () => true,
  };
}
