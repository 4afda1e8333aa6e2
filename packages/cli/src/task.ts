import { join } from 'node:path';
import { startBackend } from './backend.ts';
import { expectLearned } from './divergence.ts';
import { Exit } from './exit.ts';
import { readHistory } from './history.ts';
import { listenForInterrupt } from './interrupt.ts';
import { Pace } from './pace.ts';
import { planRun } from './tasks/plan.ts';
import { humanReport, jsonReport, writeResult } from './tasks/report.ts';
import { runTask, type TaskResult } from './tasks/run-task.ts';
import type { TaskArguments } from './tasks/settings.ts';
import { treatOutputAsLog, writeJson } from './terminal.ts';
import { expectNoRun } from './what-is-there.ts';

/** Trains a net on a task, or resumes, and prints its scores by length. */
export async function task(
  name: string,
  args: TaskArguments & { readonly cell: string; readonly seed: number },
): Promise<void> {
  const { name: backend } = await startBackend(args.backend);
  const planned = planRun({ task: name, cell: args.cell, seed: args.seed }, args, backend);
  const settings = await planned.catch(async (error) => {
    await expectNoRun(name, 'the name of a task');
    throw error;
  });
  const path = args.out ?? join('runs', `${name}-${args.cell}`.replaceAll(/[^\w.-]/g, '-'));
  const report = args.json
    ? jsonReport()
    : humanReport(({ updates }, step) => new Pace({ updates, seconds: null }, step));
  treatOutputAsLog(true);
  const interrupt = listenForInterrupt(() => report.interrupted());
  try {
    const { signal } = interrupt;
    const { overwrite = false, previous } = args;
    const result = await runTask({ settings, path, overwrite, previous, signal, report });
    report.close();
    if (result !== undefined) {
      if (args.json) writeJson({ event: 'result', ...result, folder: path });
      else writeResult(result, path);
      await expectNoDivergence(result, path);
    }
  } finally {
    report.close();
    interrupt.close();
  }
  const exitCode = interrupt.exitCode();
  if (exitCode !== undefined) throw new Exit(exitCode);
}

/** @throws {DivergenceError} if the net never was better than one that has gone wild. */
async function expectNoDivergence({ settings, score, baseline, evaluations }: TaskResult, path: string): Promise<void> {
  const [first] = await readHistory(path);
  const loss = Math.min(score.loss, ...evaluations.map((evaluation) => evaluation.loss));
  const course = { step: settings.updates, loss, guessing: baseline.loss, firstLoss: first?.loss ?? loss };
  expectLearned('task', course, { ...settings, isSaved: true });
}
