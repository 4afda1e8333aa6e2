import type { Batch, BatchSource, Difficulty, Rng, Score, Task, Tree } from '@elman/core';
import { type AnswerScore, evaluateAnswers, type TaskModel, type TaskModelParams } from '@elman/models';
import { between, taskBatches } from '@elman/tasks';
import { evaluate } from '@elman/train';
import type { TaskSettings } from './settings.ts';

/** What a net makes of held-out rows. */
type HeldOutScore = Score & {
  /** For tasks with answers: free-running, without teacher forcing. */
  readonly answered?: Omit<AnswerScore, 'rows'> | undefined;
};

/** What came out in the end. */
export type Measured = {
  /** On rows as hard as those of training. */
  readonly score: HeldOutScore;
  /** The input-blind baseline on the hardest of those. */
  readonly baseline: Score;
  /** At each length, all else being as hard as it gets. */
  readonly byLength: readonly (HeldOutScore & { readonly length: number; readonly baseline: Score })[];
};

/** A row has a difficulty, or draws one. */
type Grade = Difficulty | ((rng: Rng) => Difficulty);

/** The scores of a net on rows that it has not seen. */
export async function measure(
  task: Task,
  model: TaskModel<Tree, Tree>,
  params: TaskModelParams<Tree>,
  { least, most, lengths, rows }: TaskSettings,
  signal: AbortSignal,
): Promise<Measured> {
  const scoreOn = async (difficulty: Grade, label: string): Promise<HeldOutScore> => {
    const source = heldOut(task, difficulty, rows, label);
    const { loss, metrics } = await evaluate(model, params, source, { signal });
    const score = { loss, accuracy: metrics.accuracy as number };
    if (task.isGenerative !== true) return score;
    const { exactMatch, accuracy } = await evaluateAnswers(model, params, source, { signal });
    return { ...score, answered: { exactMatch, accuracy } };
  };
  const byLength: Measured['byLength'][number][] = [];
  for (const length of lengths) {
    const difficulty = { ...most, length };
    const score = await scoreOn(difficulty, `test at ${length}`);
    byLength.push({ length, ...score, baseline: task.baseline(difficulty) });
  }
  return { score: await scoreOn(between(least, most), 'test'), baseline: task.baseline(most), byLength };
}

/** Rows that training does not see: of another part where the task has parts, else of another seed. */
export function heldOut(task: Task, difficulty: Grade, rows: number, label: string): BatchSource<Batch> {
  const batchSize = Math.min(rows, 64);
  const part = label === 'validation' ? 'validation' : 'test';
  const batchesPerEpoch = Math.ceil(rows / batchSize);
  return taskBatches(partOf(task, part), { batchSize, difficulty, seed: label, batchesPerEpoch });
}

/** A part of the rows of a task, where it has parts. */
export function partOf(task: Task, name: 'train' | 'validation' | 'test'): Task {
  return task.part?.(name) ?? task;
}
