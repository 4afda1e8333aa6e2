import { BUILT_IN, OURS } from './contenders.ts';
import { digits, table } from './markdown.ts';
import type { OwnCellRow } from './own-cells.ts';
import { absence, ratio } from './report.ts';
import type { Measured, Outcome } from './rows.ts';

/** A table for each number of threads, and the processors that each contender kept busy. */
export function describeOwnCells(rows: readonly OwnCellRow[], peers: readonly string[]): string {
  const counts = [...new Set(rows.map(({ threads }) => threads))];
  return counts
    .map((threads) => {
      const some = rows.filter((row) => row.threads === threads);
      const title = threads === 1 ? 'One thread' : `${threads} threads`;
      return `${title}:\n\n${ownCellTable(some, peers)}\n\n${processorsUsed(some)}`;
    })
    .join('\n\n');
}

function ownCellTable(rows: readonly OwnCellRow[], peers: readonly string[]): string {
  const hasBuiltIn = rows.some(({ outcomes }) => outcomes[BUILT_IN] !== undefined);
  const others = hasBuiltIn ? [...peers, BUILT_IN] : peers;
  const head = ['cell', 'ms, median (least)', 'first ms', ...others.map((name) => `${name} ÷ ours (ms)`)];
  const lines = rows.map(({ workload, outcomes }) => {
    const own = outcomes[OURS] as Outcome;
    if (own.state !== 'measured') return [workload.name, absence(own), '–', ...others.map(() => '–')];
    const { median, least } = own.step;
    const times = [`${digits(median)} (${digits(least)})`, digits(own.first)];
    return [workload.name, ...times, ...others.map((name) => ratio(outcomes[name], own))];
  });
  return table(head, lines);
}

/** Milliseconds of all steps together from which processor time is compared with wall time. */
const LEAST_TOTAL = 200;

/** Processor time over wall time of each contender, in the row where it is largest; rows too short to tell are left out. */
function processorsUsed(rows: readonly OwnCellRow[]): string {
  const most = new Map<string, number>();
  for (const { outcomes } of rows) {
    for (const [name, outcome] of Object.entries(outcomes)) {
      if (outcome.state !== 'measured' || totalOf(outcome) < LEAST_TOTAL) continue;
      most.set(name, Math.max(most.get(name) ?? 0, outcome.processorMilliseconds / totalOf(outcome)));
    }
  }
  const found = [...most].map(([name, processors]) => `${name} ${processors.toFixed(2)}`);
  return `Processors kept busy, the most in any row: ${found.join(', ') || 'none measured'}.`;
}

function totalOf({ milliseconds }: Measured): number {
  return milliseconds.reduce((sum, step) => sum + step, 0);
}
