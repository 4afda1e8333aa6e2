import { join } from 'node:path';
import type { BackendName } from '@elman/backend';
import { toSvg } from '@elman/charts';
import { folderStorage } from '@elman/checkpoint/node';
import { aboutRun } from './about-run.ts';
import { startBackend } from './backend.ts';
import { Exit } from './exit.ts';
import { type Interrupt, listenForInterrupt } from './interrupt.ts';
import { Pace } from './pace.ts';
import { jsonFile } from './run-folder.ts';
import { comparisonChart, learningCurves } from './tasks/charts.ts';
import { planRun } from './tasks/plan.ts';
import { type ClosableReport, humanReport, jsonReport } from './tasks/report.ts';
import { runTask, type TaskResult } from './tasks/run-task.ts';
import type { TaskArguments, TaskSettings } from './tasks/settings.ts';
import { type Comparison, comparisonTable, summarise } from './tasks/table.ts';
import { stderr, stdout, treatOutputAsLog, writeJson } from './terminal.ts';

/** The command line of `elman compare`. */
export interface CompareArguments extends Omit<TaskArguments, 'hidden' | 'layers'> {
  readonly tasks: readonly string[];
  readonly hidden: readonly number[];
  readonly layers: readonly number[];
  readonly cells: readonly string[];
  readonly seeds: readonly number[];
  readonly out: string;
}

/** Trains each cell on each task with each seed, one after the other, and writes the table of what came out. */
export async function compare(args: CompareArguments): Promise<void> {
  const { name: backend } = await startBackend(args.backend);
  const plans = await plansOf(args, backend);
  const report = args.json
    ? jsonReport()
    : humanReport(({ updates }, step) => new Pace({ updates, seconds: null }, step));
  treatOutputAsLog(true);
  const interrupt = listenForInterrupt(() => report.interrupted());
  const results: TaskResult[] = [];
  try {
    for (const settings of plans) {
      const result = await oneOf(settings, args, interrupt, report);
      if (result === undefined) break;
      results.push(result);
      await writeTable(args, results);
    }
  } finally {
    report.close();
    interrupt.close();
  }
  const exitCode = interrupt.exitCode();
  if (exitCode !== undefined) throw new Exit(exitCode);
  if (args.json) return writeJson({ event: 'comparison', ...summarise(results), folder: args.out });
  stdout.write(`${comparisonTable(summarise(results))}\n`);
  // Not on standard output, which may be sent to a file of Markdown.
  stderr.write(`saved in ${join(args.out, 'table.md')} and table.json\n`);
}

async function plansOf(args: CompareArguments, backend: BackendName): Promise<TaskSettings[]> {
  const plans: TaskSettings[] = [];
  for (const task of args.tasks) {
    for (const cell of args.cells) {
      for (const layers of args.layers) {
        for (const hidden of args.hidden) {
          for (const seed of args.seeds) {
            plans.push(await planRun({ task, cell, seed }, { ...args, layers, hidden }, backend));
          }
        }
      }
    }
  }
  return plans;
}

function oneOf(
  settings: TaskSettings,
  { out, overwrite = false, layers, hidden }: CompareArguments,
  { signal }: Interrupt,
  report: ClosableReport,
): Promise<TaskResult | undefined> {
  const { task, cell, seed } = settings;
  const sizes = layers.length * hidden.length > 1 ? `-${settings.layers}x${settings.hidden}` : '';
  const path = join(out, `${task}-${cell}${sizes}-${seed}`.replaceAll(/[^\w.-]/g, '-'));
  return runTask({ settings, path, overwrite, signal, report });
}

/** After every run, so that what was done is there to be read while the others go on: the table, and charts of the task. */
async function writeTable({ out }: CompareArguments, results: readonly TaskResult[]): Promise<void> {
  const storage = folderStorage(out);
  const comparison: Comparison = summarise(results);
  const write = (name: string, text: string): Promise<void> => storage.write(name, new TextEncoder().encode(text));
  await write('table.md', `${comparisonTable(comparison)}\n`);
  await storage.write('table.json', jsonFile({ run: aboutRun(results.map(({ date }) => date)), ...comparison }));
  const { task } = (results.at(-1) as TaskResult).settings;
  const onTask = results.filter(({ settings }) => settings.task === task);
  const name = task.replaceAll(/[^\w.-]/g, '-');
  await write(`${name}-loss.svg`, await toSvg(learningCurves(onTask)));
  if (onTask.some(({ byLength }) => byLength.length > 1)) {
    await write(`${name}.svg`, await toSvg(comparisonChart(onTask)));
  }
}
