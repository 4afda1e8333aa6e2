import type { BackendName } from '@elman/backend';
import { expectDifficulty } from '@elman/tasks';
import { findCell } from '../cell.ts';
import { makeCurriculum } from './curriculum.ts';
import { findTask } from './find-task.ts';
import { hiddenFor } from './hidden-size.ts';
import { lengthsAround, type TaskArguments, type TaskSettings, trainingRange } from './settings.ts';

/** One run of a net on a task, with everything said that the command line left open. */
export async function planRun(
  { task: name, cell, seed }: { readonly task: string; readonly cell: string; readonly seed: number },
  args: TaskArguments,
  backend: BackendName,
): Promise<TaskSettings> {
  const task = await findTask(name, { with: args.with });
  const make = await findCell(cell, { with: args.cellWith });
  const { least, most } = trainingRange(task, args);
  const lengths = args.lengths ?? lengthsAround(task, most.length);
  // What is out of its range is refused before anything is written.
  makeCurriculum(args.curriculum, { easiest: task.easiest, least, most });
  const tried = [least, most, ...lengths.map((length) => ({ ...most, length }))];
  for (const difficulty of tried) expectDifficulty(task, difficulty);
  const { layers, updates, params } = args;
  return {
    task: name,
    with: args.with,
    least,
    most,
    curriculum: args.curriculum,
    cell,
    cellWith: args.cellWith,
    hidden: params === undefined ? args.hidden : hiddenFor(params, task, make, args, backend),
    layers,
    updates,
    batch: args.batch,
    optimizer: args.optimizer,
    learningRate: args.learningRate,
    clip: args.clip,
    seed,
    evaluateEvery: args.evaluateEvery ?? Math.max(1, Math.round(updates / 10)),
    lengths,
    rows: args.rows,
    backend,
  };
}
