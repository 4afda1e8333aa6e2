import { Rng, type Tree, tree } from '@elman/core';
import { textScore } from '@elman/metrics';
import { packagesToTrust, saveModel } from '@elman/models';
import {
  disposeTraining,
  type EvaluationEvent,
  evaluate,
  saveTraining,
  type TrainingResult,
  train as trainModel,
} from '@elman/train';
import { commandLine, Exit } from './exit.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import type { AnyParams } from './load.ts';
import { Pace } from './pace.ts';
import { type HeldOut, humanReport, jsonReport, type Report } from './report.ts';
import { newRun, type Run, type RunState, resumedRun } from './run.ts';
import { type TrainArguments, toMetadata } from './settings.ts';

/** Trains a model and saves it, or goes on with a run that was saved. */
export async function train(texts: readonly string[], args: TrainArguments): Promise<void> {
  const run = await (args.resume === undefined ? newRun(texts, args) : resumedRun(args.resume, texts, args));
  const scored = (loss: number): HeldOut => textScore(loss, run);
  const report = args.json ? jsonReport() : humanReport((loss) => scored(loss).bitsPerCharacter);
  const interrupt = listenForInterrupt(() => report.interrupted());
  try {
    await drive(run, report, interrupt, scored);
  } finally {
    report.close();
    await run.folder.takeBack();
  }
  const exitCode = interrupt.exitCode();
  if (exitCode !== undefined) throw new Exit(exitCode);
}

/** From the first update of this process to the last, and what is said about it. */
async function drive(
  run: Run,
  report: Report,
  interrupt: Interrupt,
  measured: (loss: number) => HeldOut,
): Promise<void> {
  const { settings, goal, model, batches } = run;
  const firstStep = run.resume?.progress.step ?? 0;
  const pace = new Pace(goal, firstStep);
  const timeIsUp = new AbortController();
  const timer = goal.seconds === null ? undefined : setTimeout(() => timeIsUp.abort(), 1000 * goal.seconds);
  announce(run, report, firstStep);
  let result: TrainingResult<AnyParams, Tree, Tree>;
  try {
    result = await trainModel({
      model,
      batches: batches.train,
      validation: batches.heldOut,
      optimizer: run.optimizer,
      updates: goal.updates ?? Number.MAX_SAFE_INTEGER,
      seed: settings.seed,
      evaluateEvery: batches.heldOut && settings.evaluateEvery,
      saveEvery: settings.saveEvery,
      resume: run.resume,
      save: (state) => saveRun(run, state),
      signal: AbortSignal.any([interrupt.signal, timeIsUp.signal]),
      onUpdate: (event) => report.update(event, pace.update(event.step, event.count)),
      onEvaluation: (event: EvaluationEvent) => report.evaluation(event, measured(event.loss)),
      onSave: ({ step }) => report.saved(step),
    });
  } finally {
    clearTimeout(timer);
  }
  if (run.resume !== undefined) disposeTraining(run.resume);
  const best = interrupt.signal.aborted ? undefined : await settleBest(run, result.state, interrupt.signal);
  report.end({
    reason: interrupt.signal.aborted ? 'interrupted' : 'finished',
    step: result.state.progress.step,
    seconds: pace.seconds(),
    heldOut: best === undefined ? undefined : measured(best),
    folder: run.folder.path,
    sample: commandLine('sample', run.folder.path, ...trustOptions(run)),
    resume: resumeCommand(run),
  });
  disposeTraining(result.state);
}

/** The file that people sample from has the best parameters so far; the other has what it takes to go on. */
async function saveRun(run: Run, state: RunState): Promise<void> {
  await run.folder.save(async () => {
    await saveTraining(run.storage, state);
    await saveParams(run, state.best ?? state.params);
  });
}

async function saveParams({ storage, model, tokenizer, settings }: Run, params: AnyParams): Promise<void> {
  await saveModel(storage, { model, params, tokenizer, metadata: toMetadata(settings) });
}

/**
 * The lowest loss on held-out text. A run that ends by the clock ends between two evaluations: its last parameters are
 * measured here, and saved if they are better than the best so far.
 */
async function settleBest(run: Run, { params, progress }: RunState, signal: AbortSignal): Promise<number | undefined> {
  const { best, evaluations, step } = progress;
  if (run.batches.heldOut === undefined || evaluations.at(-1)?.step === step) return best?.loss;
  try {
    const { loss } = await evaluate(run.model, params, run.batches.heldOut, { signal });
    if (best !== null && best.loss <= loss) return best.loss;
    await saveParams(run, params);
    return loss;
  } catch (error) {
    if (signal.aborted) return best?.loss;
    throw error;
  }
}

function announce(run: Run, report: Report, step: number): void {
  const { settings, tokenizer, backend, batches } = run;
  const params = run.resume?.params ?? run.model.init(Rng.seeded(settings.seed));
  const parameters = tree.size(params);
  if (run.resume === undefined) tree.dispose(params);
  report.start({
    folder: run.folder.path,
    cell: `${settings.layers > 1 ? `${settings.layers} × ` : ''}${settings.cell} of ${settings.hidden}`,
    parameters,
    tokenizer: tokenizer.name,
    vocabSize: tokenizer.vocabSize,
    tokens: run.tokens,
    heldOutTokens: batches.heldOutTokens,
    backend: backend.name,
    device: backend.device,
    step,
    updates: run.goal.updates,
    updatesPerEpoch: batches.train.batchesPerEpoch,
  });
}

/** Without these a model with parts of other packages is not loaded. */
const trustOptions = ({ model }: Run): string[] => packagesToTrust(model).flatMap((name) => ['--trust', name]);

/** The command that goes on with a run as it was meant. */
function resumeCommand(run: Run): string {
  const { folder, goal, settings } = run;
  const args = ['train', '--resume', folder.path, ...trustOptions(run)];
  if (goal.updates !== null && goal.updates !== settings.updates) args.push('--updates', `${goal.updates}`);
  if (goal.seconds !== null && goal.seconds !== 60 * (settings.minutes ?? 0)) {
    args.push('--minutes', `${goal.seconds / 60}`);
  }
  return commandLine(...args);
}
