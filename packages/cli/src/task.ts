import { join } from 'node:path';
import { startBackend } from './backend.ts';
import { Exit } from './exit.ts';
import { listenForInterrupt } from './interrupt.ts';
import { Pace } from './pace.ts';
import { planRun } from './tasks/plan.ts';
import { humanReport, jsonReport, writeResult } from './tasks/report.ts';
import { runTask } from './tasks/run-task.ts';
import type { TaskArguments } from './tasks/settings.ts';
import { writeJson } from './terminal.ts';
import { expectNoRun } from './what-is-there.ts';

/** Trains a net on a task, or goes on with it, and says how it does by length. */
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
  const interrupt = listenForInterrupt(() => report.interrupted());
  try {
    const { signal } = interrupt;
    const result = await runTask({ settings, path, overwrite: args.overwrite === true, signal, report });
    report.close();
    if (result !== undefined) {
      if (args.json) writeJson({ event: 'result', ...result });
      else writeResult(result);
    }
  } finally {
    report.close();
  }
  const exitCode = interrupt.exitCode();
  if (exitCode !== undefined) throw new Exit(exitCode);
}
