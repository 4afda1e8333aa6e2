import { type BatchSource, type Difficulty, expectJson, type Json, json, OptionError, type Rng } from '@elman/core';
import type { Curriculum, LevelEvaluation } from './curricula/index.ts';

/** The curriculum of a run and its state: JSON, saved with the run. */
export type CurriculumProgress = { readonly name: string; readonly state: Json };

/** A source of graded rows, all of one difficulty. A source that cannot grade its rows is unchanged. */
export function atDifficulty<B>(source: BatchSource<B>, difficulty: Difficulty): BatchSource<B> {
  return {
    batchesPerEpoch: source.batchesPerEpoch,
    batch: (epoch, index) => source.batch(epoch, index, () => difficulty),
  };
}

/**
 * The initial state of a curriculum, or the one to resume from.
 * @throws {OptionError} if the run had another curriculum.
 */
export function beginCurriculum(
  curriculum: Curriculum | undefined,
  saved: CurriculumProgress | undefined,
): CurriculumProgress | undefined {
  if (saved !== undefined && saved.name !== curriculum?.name) {
    throw new OptionError(
      `train: curriculum: the run to resume has the curriculum ${saved.name}, got ${curriculum?.name ?? 'none'}; give the same.`,
    );
  }
  if (saved !== undefined) {
    expectJson(
      'train: curriculum: state',
      saved.state,
      curriculum?.check ?? json.any,
      'use an earlier checkpoint',
      OptionError,
    );
  }
  return saved ?? (curriculum && { name: curriculum.name, state: asJson(curriculum.start()) });
}

/** The options with which a source of graded rows is called. */
export function drawOf(
  curriculum: Curriculum | undefined,
  at: CurriculumProgress | undefined,
): ((rng: Rng) => Difficulty) | undefined {
  return curriculum && at && ((rng) => curriculum.draw(at.state, rng));
}

/** The level of a curriculum. */
export function levelOf(
  curriculum: Curriculum | undefined,
  at: CurriculumProgress | undefined,
): Difficulty | undefined {
  return curriculum && at && curriculum.level(at.state);
}

/** The level at which a curriculum is to be evaluated, if it is. */
export function judgedLevel(
  curriculum: Curriculum | undefined,
  at: CurriculumProgress | undefined,
): Difficulty | undefined {
  return at === undefined || curriculum?.isSettled?.(at.state) === true ? undefined : levelOf(curriculum, at);
}

/** A curriculum after an evaluation at its level. */
export function advanced(
  curriculum: Curriculum,
  { name, state }: CurriculumProgress,
  evaluation: LevelEvaluation,
): CurriculumProgress {
  return { name, state: asJson(curriculum.advance(state, evaluation)) };
}

/** A state after a round trip through JSON, so that one that is not JSON is the same with and without a resume. */
function asJson(state: Json): Json {
  return JSON.parse(JSON.stringify(state)) as Json;
}
