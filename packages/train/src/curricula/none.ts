import { type Difficulty, json } from '@elman/core';
import type { Curriculum } from './curriculum.ts';
import { expectWhole } from './range.ts';

/**
 * No curriculum, the baseline: every row has the target difficulty.
 *
 * @throws {OptionError} if a number of the target is not whole.
 * @see Zaremba & Sutskever 2014, Learning to Execute, section 4, "No curriculum learning (baseline)"
 */
export function noCurriculum(target: Difficulty): Curriculum<null> {
  expectWhole('noCurriculum', 'target', target);
  return {
    name: 'none',
    start: () => null,
    draw: () => target,
    level: () => target,
    check: json.oneOf(null),
    advance: () => null,
    isSettled: () => true,
  };
}
