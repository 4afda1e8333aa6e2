/** Elman and its peers on whole training steps, in one run: a table in Markdown on standard output, JSON in a file. */
import { writeFileSync } from 'node:fs';
import { toSvg } from '@elman/charts';
import { type CellRow, measureCells, namesOf, sizesOf } from './cells.ts';
import { type CellTimes, describeCells, timesOf } from './cells-report.ts';
import { entrants, OURS } from './contenders.ts';
import { circumstances, describeCircumstances, describeMachine } from './machine.ts';
import { measureMemories, outcomesOf } from './memories.ts';
import { describeMemories, memoryCharts } from './memory-report.ts';
import { describeNgrams } from './ngram-report.ts';
import { measureNgrams, readNgramFiles } from './ngrams.ts';
import { HELP, type Options, parseOptions } from './options.ts';
import { describeOutputs, measureOutputs, outputSizes } from './outputs.ts';
import { chosenCells } from './own-cell-workloads.ts';
import { measureOwnCells } from './own-cells.ts';
import { describeOwnCells } from './own-cells-report.ts';
import { measurePeak } from './peak.ts';
import { failures, mainTable, processTable } from './report.ts';
import { measureRow, type Outcome, type Row } from './rows.ts';
import { describeSweep, sweepTime } from './sweep.ts';
import { chosen, quickened } from './workloads.ts';

const write = (text: string): void => {
  process.stdout.write(`${text}\n\n`);
};
const progress = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** Runs the benchmarks that the command line selects. Returns whether all of Elman's rows could be measured. */
async function main(args: readonly string[], options: Options): Promise<boolean> {
  if (options.ngram.length > 0) {
    const run = circumstances(args, undefined);
    const results = measureNgrams(readNgramFiles(options.ngram), progress);
    write(describeMachine(run, {}, options));
    write(describeNgrams(results));
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ run, results }, null, 1)}\n`);
    return true;
  }
  const ownCells = options.ownCells ? chosenCells(options) : [];
  const cells = options.cells ? namesOf(options) : [];
  const workloads = options.ownCells || options.cells ? [] : chosen(options.only);
  const selected = workloads.map((workload) => (options.quick ? quickened(workload) : workload));
  const run = circumstances(args, await measurePeak(options));
  const save = (results: object): void => {
    if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
  };
  if (options.sweep) {
    progress('sweep …');
    const sweep = await sweepTime(options);
    const outcomes = sweep.points.map(({ outcome }) => outcome);
    write(describeCircumstances(run, versionsOf(outcomes), options));
    write(describeSweep(sweep));
    save({ run, options, sweep });
    return outcomes.every(({ state }) => state === 'measured');
  }
  if (options.memories) {
    const points = await measureMemories(options, progress);
    write(describeCircumstances(run, versionsOf(outcomesOf(points)), options));
    write(describeMemories(points));
    save({ run, options, points });
    for (const [name, chart] of Object.entries(memoryCharts(points))) {
      if (options.svg !== undefined) writeFileSync(`${options.svg}-${name}.svg`, await toSvg(chart));
    }
    return outcomesOf(points).every(({ state }) => state === 'measured');
  }
  if (options.outputs) {
    const rows = await measureOutputs(options, progress);
    const outcomes = rows.flatMap((row) => Object.values(row.outcomes));
    write(describeCircumstances(run, versionsOf(outcomes), options));
    write(describeOutputs(rows, outputSizes(options)));
    save({ run, options, sizes: outputSizes(options), rows });
    return outcomes.every(({ state }) => state === 'measured');
  }
  if (options.ownCells) {
    const rows = await measureOwnCells(ownCells, options, (next, before) => {
      progress(next);
      save({ run, options, rows: before });
    });
    save({ run, options, rows });
    const outcomes = rows.flatMap((row) => Object.values(row.outcomes));
    write(describeCircumstances(run, versionsOf(outcomes), options));
    write(describeOwnCells(rows, options.peers));
    const failed = failures(rows);
    if (failed.length > 0) write(failed.join('\n'));
    return failed.length === 0 && rows.every((row) => row.outcomes[OURS]?.state === 'measured');
  }
  if (options.cells) {
    const { backend, threads, experimentalSimd } = options;
    const sizes = sizesOf(options);
    const saveTimes = (rows: readonly CellRow[]): void =>
      save({ run, backend, threads, experimentalSimd, sizes, cells: timesOf(rows) } satisfies CellTimes);
    const rows = await measureCells(cells, options, (next, before) => {
      progress(next);
      saveTimes(before);
    });
    saveTimes(rows);
    write(describeCircumstances(run, versionsOf(rows.flatMap(({ outcomes }) => Object.values(outcomes))), options));
    write(describeCells(rows, sizes));
    const failed = failures(rows);
    if (failed.length > 0) write(failed.join('\n'));
    return rows.length === Object.keys(timesOf(rows)).length;
  }
  const all = entrants(options);
  const rows: Row[] = [];
  for (const workload of selected) {
    progress(`${workload.name} …`);
    rows.push(await measureRow(workload, all, options));
    save({ run, options, rows });
  }
  const outcomes = rows.flatMap((row) => Object.values(row.outcomes));
  write(describeCircumstances(run, versionsOf(outcomes), options));
  write(mainTable(rows, options.peers, run.peak));
  write(processTable(rows));
  const failed = failures(rows);
  if (failed.length > 0) write(failed.join('\n'));
  return rows.every((row) => row.outcomes[OURS]?.state === 'measured');
}

function versionsOf(outcomes: readonly Outcome[]): { readonly [name: string]: string } {
  const measured = outcomes.flatMap((outcome) => (outcome.state === 'measured' ? [outcome.versions] : []));
  const { device, ...versions } = Object.assign({}, ...measured) as { [name: string]: string };
  return versions;
}

try {
  const args = process.argv.slice(2);
  const { help, ...options } = parseOptions(args, process.env);
  if (help) process.stdout.write(HELP);
  else if (!(await main(args, options))) process.exitCode = 1;
} catch (error) {
  process.stderr.write(`bench: ${(error as Error).message.split('\n')[0]}\n`);
  process.exitCode = 1;
}
