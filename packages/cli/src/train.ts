import { type Tree, tree } from '@elman/core';
import { textScore } from '@elman/metrics';
import { disposeTraining, type EvaluationEvent, type TrainingResult, train as trainModel } from '@elman/train';
import { expectLearned, withAdvice } from './divergence.ts';
import { commandLine, Exit } from './exit.ts';
import { lineOf, readHistory } from './history.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import type { AnyParams } from './load.ts';
import { learningRate } from './optimizer.ts';
import { Pace } from './pace.ts';
import { countParameters } from './parameters.ts';
import { smoothed } from './progress.ts';
import { type HeldOut, humanReport, jsonReport, type Report } from './report.ts';
import { newRun, type Run, resumedRun } from './run.ts';
import { saveRun, settleBest } from './save-run.ts';
import type { TrainArguments } from './settings.ts';
import { treatOutputAsLog } from './terminal.ts';

/** Trains a model and saves it, or resumes a saved run. */
export async function train(texts: readonly string[], args: TrainArguments): Promise<void> {
  const run = await (args.resume === undefined ? newRun(texts, args) : resumedRun(args.resume, texts, args));
  const exitCode = await trainRun(run, args.json === true);
  if (exitCode !== undefined) throw new Exit(exitCode);
}

/** Trains a run to its end, and gives its folder back. Returns the exit code of an interruption, if there was one. */
export async function trainRun(run: Run, isJson: boolean): Promise<number | undefined> {
  const scored = (loss: number): HeldOut => textScore(loss, run);
  const report = isJson ? jsonReport() : humanReport((loss) => scored(loss).bitsPerCharacter);
  treatOutputAsLog(true);
  const interrupt = listenForInterrupt(() => report.interrupted());
  try {
    await drive(run, report, interrupt, scored);
  } finally {
    report.close();
    interrupt.close();
    await run.folder.close();
  }
  return interrupt.exitCode();
}

/** The longest time that a timer takes, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** From the first update of this process to the last, and what is said about it. */
async function drive(
  run: Run,
  report: Report,
  interrupt: Interrupt,
  measured: (loss: number) => HeldOut,
): Promise<void> {
  const { settings, goal, model, batches, history } = run;
  const firstStep = run.resume?.progress.step ?? 0;
  const pace = new Pace(goal, firstStep);
  const ending = new AbortController();
  const end = (): void => ending.abort();
  interrupt.signal.addEventListener('abort', end);
  const timer = goal.seconds === null ? undefined : setTimeout(end, Math.min(1000 * goal.seconds, LONGEST));
  announce(run, report, firstStep);
  const guessing = Math.log(run.tokenizer.vocabSize);
  const rate = learningRate(settings);
  const secondsBefore = history.seconds;
  const recent = smoothed(0.97);
  let recentLoss = 0;
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
      signal: ending.signal,
      onUpdate: (event) => {
        recentLoss = recent(event.loss);
        history.update(lineOf(event, rate, secondsBefore + pace.seconds()));
        report.update(event, pace.update(event.step, event.count));
      },
      onEvaluation: (event: EvaluationEvent) => {
        const isGuess = event.loss >= guessing;
        history.evaluation(event.step, event.loss);
        report.evaluation({ ...event, improved: event.improved && !isGuess }, measured(event.loss), isGuess);
      },
      onSave: ({ step }) => report.saved(step),
    });
  } catch (error) {
    throw withAdvice(error, { ...settings, isSaved: run.folder.isTaken });
  } finally {
    clearTimeout(timer);
  }
  if (run.resume !== undefined) disposeTraining(run.resume);
  const best = interrupt.signal.aborted ? undefined : await settleBest(run, result.state, interrupt.signal);
  const { step, firstLoss } = result.state.progress;
  disposeTraining(result.state);
  if (!interrupt.signal.aborted) {
    report.curve(await readHistory(run.folder.path));
    const course = { step, loss: best ?? recentLoss, guessing, firstLoss: firstLoss ?? guessing };
    expectLearned('train', course, { ...settings, isSaved: run.folder.isTaken });
  }
  report.end({
    reason: interrupt.signal.aborted && step !== goal.updates ? 'interrupted' : 'finished',
    step,
    seconds: pace.seconds(),
    heldOut: best === undefined ? undefined : measured(best),
    folder: run.folder.path,
    sample: commandLine('sample', run.folder.path, ...run.trustOptions),
    resume: resumeCommand(run),
  });
}

function announce(run: Run, report: Report, step: number): void {
  const { settings, tokenizer, backend, batches } = run;
  const smaller = ['--hidden', '--layers', '--embedding'];
  const parameters =
    run.resume === undefined ? countParameters(run.model, backend.name, smaller) : tree.size(run.resume.params);
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

/** The command that resumes a run with its settings. */
function resumeCommand(run: Run): string {
  const { folder, goal, settings, backend, movedTexts } = run;
  const args = ['train', '--resume', folder.path, ...movedTexts, ...run.trustOptions];
  if (goal.updates !== null && goal.updates !== settings.updates) args.push('--updates', `${goal.updates}`);
  if (goal.seconds !== null && goal.seconds !== 60 * (settings.minutes ?? 0)) {
    args.push('--minutes', `${goal.seconds / 60}`);
  }
  if (backend.name !== settings.backend) args.push('--backend', backend.name);
  return commandLine(...args);
}
