import type { Tree } from '@elman/core';
import { type Evaluation, evaluate } from './evaluate.ts';
import { advanced, atDifficulty, judgedLevel, levelOf } from './grading.ts';
import type { EvaluationEvent, TrainOptions } from './options.ts';
import { evaluated } from './progress.ts';
import type { EvaluationRecord, LevelRecord, Run } from './state.ts';

/**
 * Evaluates a run on its held-out batches and, if `graded`, at the level of its curriculum, and records both at once: an evaluation
 * that is interrupted does not change the run.
 *
 * @throws {DivergenceError} if a loss is not finite; the reason of `signal` if it is aborted.
 */
export async function judge<P extends Tree, S extends Tree, O extends Tree, B>(
  { model, validation, curriculum, plateau, signal }: TrainOptions<P, S, O, B>,
  run: Run<P, S, O>,
  graded: boolean,
): Promise<EvaluationEvent | undefined> {
  if (validation === undefined) return undefined;
  const { step } = run.progress;
  const at = run.progress.curriculum;
  const found = await evaluate(model, run.params, validation, { signal });
  const difficulty = graded ? judgedLevel(curriculum, at) : undefined;
  let level: LevelRecord | undefined;
  if (difficulty !== undefined) {
    const there = await evaluate(model, run.params, atDifficulty(validation, difficulty), { signal });
    level = { difficulty, ...measured(there) };
  }
  const record: EvaluationRecord = { step, ...measured(found), ...(level && { level }) };
  const improved = evaluated(run, record, plateau);
  if (curriculum !== undefined && at !== undefined && level !== undefined) {
    const { loss, metrics = {} } = level;
    run.progress = { ...run.progress, curriculum: advanced(curriculum, at, { step, loss, metrics }) };
  }
  const next = levelOf(curriculum, run.progress.curriculum);
  return { ...record, count: found.count, improved, ...(next && { difficulty: next }) };
}

/** The recorded part of an evaluation. */
function measured({ loss, metrics }: Evaluation): Pick<EvaluationRecord, 'loss' | 'metrics'> {
  return Object.keys(metrics).length === 0 ? { loss } : { loss, metrics };
}
