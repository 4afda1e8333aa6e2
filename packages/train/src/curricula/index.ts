export { type CombinedOptions, combinedCurriculum } from './combined.ts';
export type { Curriculum, LevelEvaluation } from './curriculum.ts';
export { type Ladder, type LadderOptions, ladder } from './ladder.ts';
export { mixedCurriculum } from './mixed.ts';
export { type NaiveOptions, type NaiveState, naiveCurriculum } from './naive.ts';
export { noCurriculum } from './none.ts';
export type { CurriculumRange } from './range.ts';
export { type SelfPacedOptions, type SelfPacedState, selfPacedCurriculum } from './self-paced.ts';
