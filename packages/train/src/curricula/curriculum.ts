import type { Difficulty, Json, JsonCheck, Rng } from '@elman/core';

/** The results of a net on held-out rows of the difficulty that is the level of its curriculum. */
export interface LevelEvaluation {
  /** Updates made. */
  readonly step: number;
  readonly loss: number;
  /** The model's metrics; `accuracy` for a task model. */
  readonly metrics: { readonly [name: string]: number };
}

/**
 * The difficulty of the training rows as training goes on. Independent of the task: a difficulty is whole numbers by name.
 *
 * All are pure functions of a state that is JSON, so that a run resumes with bit-identical results. A custom
 * curriculum is an object with these functions:
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
  /** Its name in a saved run: a run resumes only with the curriculum of the same name. */
  readonly name: string;
  /** The state before the first update. */
  start(): S;
  /** The difficulty of a training row. Each row has its own rng. */
  draw(state: S, rng: Rng): Difficulty;
  /** The current level: the difficulty of the held-out rows by which progress is measured. */
  level(state: S): Difficulty;
  /** The state after an evaluation at the level. */
  advance(state: S, evaluation: LevelEvaluation): S;
  /** What is wrong with a state from a file, if anything; by default nothing is. */
  readonly check?: JsonCheck | undefined;
  /** Whether its distribution no longer changes, so that evaluations at the level are not needed; default: never. */
  isSettled?(state: S): boolean;
}
