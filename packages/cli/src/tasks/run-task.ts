import { toSvg } from '@elman/charts';
import { Rng, type Tree, tree } from '@elman/core';
import { type TaskModel, type TaskModelParams, taskModel } from '@elman/models';
import { between, taskBatches } from '@elman/tasks';
import {
  disposeTraining,
  type EvaluationEvent,
  loadTraining,
  saveTraining,
  type TrainingState,
  train,
  type UpdateEvent,
} from '@elman/train';
import { findCell, stacked } from '../cell.ts';
import { makeOptimizer } from '../optimizer.ts';
import { openFolder, RESULT, SETTINGS, writeJsonFile, writeText } from '../run-folder.ts';
import { lengthChart } from './charts.ts';
import { makeCurriculum } from './curriculum.ts';
import { findTask } from './find-task.ts';
import { heldOut, type Measured, measure, partOf } from './measure.ts';
import type { TaskSettings } from './settings.ts';

/** What came out of a run, as JSON. */
export type TaskResult = Measured & {
  readonly settings: TaskSettings;
  readonly parameters: number;
  /** Of training alone, over all the times it was begun. */
  readonly seconds: number;
  readonly date: string;
  readonly rule: string;
  readonly solved: boolean;
  /** The loss on held-out rows by update. */
  readonly evaluations: readonly { readonly step: number; readonly loss: number }[];
};

/** Whom a run tells how it goes. */
export interface TaskReport {
  start(event: { readonly settings: TaskSettings; readonly parameters: number; readonly step: number }): void;
  update(event: UpdateEvent): void;
  evaluation(event: EvaluationEvent): void;
}

/** Where and how a run is made. */
export interface TaskRun {
  readonly settings: TaskSettings;
  readonly path: string;
  readonly overwrite: boolean;
  readonly signal: AbortSignal;
  readonly report: TaskReport;
}

type Model = TaskModel<Tree, Tree>;
type State = TrainingState<TaskModelParams<Tree>, Tree, Tree>;

/** Rows on which progress is measured while a run goes on. */
const HELD_OUT = 128;

/**
 * Trains a net on a task in a folder, or goes on with it there, and measures it; undefined if it was interrupted, and then the
 * folder has what it takes to go on. A run that is done is not done again.
 */
export async function runTask({ settings, path, overwrite, signal, report }: TaskRun): Promise<TaskResult | undefined> {
  const task = await findTask(settings.task, settings.with);
  const make = await findCell(settings.cell);
  const model = taskModel(stacked(make, { inputSize: task.inputSize, ...settings }), task) as Model;
  const { storage, folder, begun, result } = await openFolder(path, settings, overwrite);
  if (result !== undefined) return result as unknown as TaskResult;
  try {
    const optimizer = makeOptimizer(settings);
    const resume = begun ? ((await loadTraining(storage, { model, optimizer })) as State) : undefined;
    const before = begun ? await secondsBefore(storage) : 0;
    const parameters = countOf(model);
    report.start({ settings, parameters, step: resume?.progress.step ?? 0 });
    const began = performance.now();
    const seconds = (): number => before + (performance.now() - began) / 1000;
    const { least, most, batch, seed, updates, evaluateEvery } = settings;
    const curriculum = makeCurriculum(settings.curriculum, { easiest: task.easiest, least, most });
    const { params, state } = await train({
      model,
      optimizer,
      curriculum,
      updates,
      seed,
      resume,
      evaluateEvery,
      signal,
      batches: taskBatches(partOf(task, 'train'), {
        batchSize: batch,
        difficulty: between(least, most),
        seed: `train ${seed}`,
      }),
      validation: heldOut(task, curriculum === undefined ? between(least, most) : most, HELD_OUT, 'validation'),
      saveEvery: evaluateEvery,
      save: (saved) =>
        folder.save(async () => {
          await saveTraining(storage, saved);
          await writeJsonFile(storage, SECONDS, { seconds: seconds() });
          await writeJsonFile(storage, SETTINGS, settings);
        }),
      onUpdate: (event) => report.update(event),
      onEvaluation: (event) => report.evaluation(event),
    });
    if (resume !== undefined) disposeTraining(resume);
    try {
      if (signal.aborted) return undefined;
      const trained = seconds();
      const scores = await measure(task, model, params, settings, signal);
      const { evaluations } = state.progress;
      const made = {
        settings,
        parameters,
        seconds: trained,
        date: new Date().toISOString().slice(0, 10),
        ...scores,
        rule: task.solved.rule,
        solved: task.solved.holds(scores.score),
        evaluations,
      };
      if (made.byLength.length > 1) await writeText(storage, 'lengths.svg', await toSvg(lengthChart(made)));
      await writeJsonFile(storage, RESULT, made);
      return made;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      disposeTraining(state);
    }
  } finally {
    await folder.takeBack();
  }
}

/** Where the time of training is noted beside a state. */
const SECONDS = 'seconds.json';

async function secondsBefore(storage: { read(name: string): Promise<Uint8Array> }): Promise<number> {
  const { seconds } = JSON.parse(new TextDecoder().decode(await storage.read(SECONDS))) as { seconds: number };
  return seconds;
}

function countOf(model: { init(rng: Rng): Tree }): number {
  const params = tree.tidy(() => model.init(Rng.seeded(0)));
  const count = tree.size(params);
  tree.dispose(params);
  return count;
}
