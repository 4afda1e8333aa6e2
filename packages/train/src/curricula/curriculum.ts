import type { Difficulty, Json, Rng } from '@elman/core';

/** How a net does on held-out rows that are as hard as the level of its curriculum. */
export interface LevelEvaluation {
  /** Updates made. */
  readonly step: number;
  readonly loss: number;
  /** What else the model measures; `accuracy`, where it is a net for a task. */
  readonly metrics: { readonly [name: string]: number };
}

/**
 * How hard the rows of training are, and when they become harder. It knows nothing of the task: a difficulty is whole numbers by name.
 *
 * Everything is a pure function of a state that is JSON, so that a run stops and resumes without a bit of difference. To write
 * one's own is to write these few functions:
 *
 *   const doubling: Curriculum<number> = {
 *     name: 'doubling',
 *     start: () => 1,
 *     draw: (length) => ({ length }),
 *     level: (length) => ({ length }),
 *     advance: (length, { loss }) => (loss < 0.1 ? 2 * length : length),
 *   };
 */
export interface Curriculum<S extends Json = Json> {
  /** What a saved run calls it: a run resumes with the curriculum of the same name. */
  readonly name: string;
  /** Before the first update. */
  start(): S;
  /** How hard a row of training is. Each row has an rng of its own. */
  draw(state: S, rng: Rng): Difficulty;
  /** Where it stands: as hard as the held-out rows are by which progress is judged. */
  level(state: S): Difficulty;
  /** After an evaluation at the level. */
  advance(state: S, evaluation: LevelEvaluation): S;
  /** Whether it draws alike from now on, so that nothing is to be judged; default: never. */
  isSettled?(state: S): boolean;
}
