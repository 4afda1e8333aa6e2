import { CheckpointError, expectJson, type Json, json } from '@elman/core';
import type { TaskResult } from './run-task.ts';
import type { TaskSettings } from './settings.ts';

const SCORE = { loss: json.number, accuracy: json.number };
const BASELINE = json.record(SCORE);
const HELD_OUT = {
  ...SCORE,
  answered: json.optional(json.record({ exactMatch: json.number, accuracy: json.number })),
};
const RESULT = json.record({
  settings: json.record({}),
  parameters: json.count,
  seconds: json.number,
  date: json.text,
  rule: json.text,
  solved: json.boolean,
  score: json.record(HELD_OUT),
  baseline: BASELINE,
  byLength: json.list(json.record({ ...HELD_OUT, length: json.count, baseline: BASELINE })),
  evaluations: json.list(json.record({ step: json.count, loss: json.number })),
});

/**
 * The result of a run with these settings, from its file.
 * @throws {CheckpointError} naming what in it is something else.
 */
export function resultOf(where: string, found: Json, settings: TaskSettings): TaskResult {
  const advice = 'begin anew with --overwrite';
  expectJson(where, found, RESULT, advice);
  const result = found as unknown as TaskResult;
  if (JSON.stringify(result.settings) !== JSON.stringify(settings)) {
    throw new CheckpointError(`${where}: settings: expected those of run.json beside it, got others; ${advice}.`);
  }
  return result;
}
