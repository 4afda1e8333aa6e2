import { type Difficulty, OptionError } from '@elman/core';
import {
  type Curriculum,
  type CurriculumRange,
  combinedCurriculum,
  mixedCurriculum,
  naiveCurriculum,
  selfPacedCurriculum,
} from '@elman/train';
import { expectedOneOf } from '../near.ts';

const CURRICULA: { readonly [name: string]: (range: CurriculumRange) => Curriculum } = {
  naive: naiveCurriculum as (range: CurriculumRange) => Curriculum,
  mixed: mixedCurriculum as (range: CurriculumRange) => Curriculum,
  combined: combinedCurriculum,
  'self-paced': selfPacedCurriculum as (range: CurriculumRange) => Curriculum,
};

/**
 * The curriculum of that name from the easiest rows to the hardest; none if it is `none`. A number that was given as a range begins at
 * the range's least, others at the task's.
 * @throws {OptionError} for a name that is not known.
 */
export function makeCurriculum(
  name: string,
  { easiest, least, most }: { readonly easiest: Difficulty; readonly least: Difficulty; readonly most: Difficulty },
): Curriculum | undefined {
  if (name === 'none') return undefined;
  const make = Object.hasOwn(CURRICULA, name) ? CURRICULA[name] : undefined;
  if (make === undefined) {
    throw new OptionError(`curriculum: ${expectedOneOf(['none', ...Object.keys(CURRICULA)], name)}`);
  }
  const begins = Object.entries(most).map(([parameter, high]) => {
    const low = least[parameter] as number;
    return [parameter, low < high ? low : (easiest[parameter] as number)] as const;
  });
  return make({ easiest: Object.fromEntries(begins), target: most });
}
