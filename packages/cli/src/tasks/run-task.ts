import { join } from 'node:path';
import { toSvg } from '@elman/charts';
import type { Tree } from '@elman/core';
import { type TaskModel, type TaskModelParams, taskModel } from '@elman/models';
import { between, taskBatches } from '@elman/tasks';
import { disposeTraining, type EvaluationEvent, type TrainingState, train, type UpdateEvent } from '@elman/train';
import { findCell, stacked } from '../cell.ts';
import { withAdvice } from '../divergence.ts';
import { History, lineOf } from '../history.ts';
import { loadState } from '../load-state.ts';
import { learningRate, makeOptimizer } from '../optimizer.ts';
import { countParameters } from '../parameters.ts';
import { jsonFile, openFolder, RESULT, SETTINGS, writeResult } from '../run-folder.ts';
import { warnUncompiled } from '../warn-uncompiled.ts';
import { lengthChart } from './charts.ts';
import { makeCurriculum } from './curriculum.ts';
import { findTask } from './find-task.ts';
import { heldOut, type Measured, measure, partOf } from './measure.ts';
import { resultOf } from './result.ts';
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

/** The listener to the progress of a run. */
export interface TaskReport {
  start(event: { readonly settings: TaskSettings; readonly parameters: number; readonly step: number }): void;
  update(event: UpdateEvent): void;
  /** `event.improved` only if it is better than the input-blind baseline, too. */
  evaluation(event: EvaluationEvent): void;
  stopped(step: number): void;
}

/** Where and how a run is made. */
export interface TaskRun {
  readonly settings: TaskSettings;
  readonly path: string;
  readonly overwrite: boolean;
  /** Resume from the state before the last one that was saved. */
  readonly previous?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly report: TaskReport;
}

type Model = TaskModel<Tree, Tree>;
type State = TrainingState<TaskModelParams<Tree>, Tree, Tree>;

/** Rows on which progress is measured while a run goes on. */
const HELD_OUT = 128;

/**
 * Trains a net on a task in a folder, or resumes the run there, and measures it; undefined if it was interrupted, and
 * then the folder has what it takes to go on. A run that is done is not done again.
 */
export async function runTask({
  settings,
  path,
  overwrite,
  previous,
  signal,
  report,
}: TaskRun): Promise<TaskResult | undefined> {
  const task = await findTask(settings.task, { with: settings.with });
  const make = await findCell(settings.cell, { with: settings.cellWith });
  const cell = stacked(make, { inputSize: task.inputSize, ...settings });
  const model = taskModel(cell, task) as Model;
  const opened = await openFolder(path, settings, overwrite);
  if (opened.result !== undefined) return resultOf(join(path, RESULT), opened.result, settings);
  warnUncompiled(cell);
  const { folder, begun } = opened;
  try {
    const optimizer = await makeOptimizer(settings);
    const resume = begun ? ((await loadState(folder.storage, { model, optimizer, previous })) as State) : undefined;
    const parameters = countParameters(model, settings.backend, ['--hidden', '--layers']);
    const history = begun ? await History.resume(path, resume?.progress.step ?? 0) : History.begin(path);
    report.start({ settings, parameters, step: resume?.progress.step ?? 0 });
    const began = performance.now() - 1000 * history.seconds;
    const seconds = (): number => (performance.now() - began) / 1000;
    const { least, most, batch, seed, updates, evaluateEvery } = settings;
    const curriculum = makeCurriculum(settings.curriculum, { easiest: task.easiest, least, most });
    const rate = learningRate(settings);
    const guessing = task.baseline(most).loss;
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
      save: (saved) => folder.save(saved, { [SETTINGS]: jsonFile(settings) }, history),
      onUpdate: (event) => {
        history.update(lineOf(event, rate, seconds()));
        report.update(event);
      },
      onEvaluation: (event) => {
        history.evaluation(event.step, event.loss);
        report.evaluation({ ...event, improved: event.improved && event.loss < guessing });
      },
    }).catch((error) => {
      throw withAdvice(error, { ...settings, isSaved: folder.isTaken });
    });
    if (resume !== undefined) disposeTraining(resume);
    try {
      signal.throwIfAborted();
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
      const charts: Record<string, string> = {};
      if (made.byLength.length > 1) charts['lengths.svg'] = await toSvg(lengthChart(made));
      await writeResult(folder.storage, made, charts);
      return made;
    } catch (error) {
      if (!signal.aborted) throw error;
      report.stopped(state.progress.step);
      return undefined;
    } finally {
      disposeTraining(state);
    }
  } finally {
    await folder.close();
  }
}
