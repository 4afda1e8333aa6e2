import type { Score } from '@elman/core';
import { formatSeconds, optionName } from '../format.ts';
import { bestOf } from './charts.ts';
import { percent, short } from './report.ts';
import type { TaskResult } from './run-task.ts';
import type { TaskSettings } from './settings.ts';

/** A cell on a task, over all seeds. */
type ComparisonRow = {
  readonly task: string;
  readonly cell: string;
  readonly hidden: number;
  readonly layers: number;
  readonly parameters: number;
  readonly seeds: readonly number[];
  /** In the order of the seeds, on held-out rows as hard as those of training. */
  readonly scores: readonly Score[];
  readonly baseline: Score;
  readonly rule: string;
  /** How many of the seeds solved the task by its rule. */
  readonly solved: number;
  readonly seconds: readonly number[];
  /** Right at each length that was tried, of the best seed. */
  readonly byLength: readonly { readonly length: number; readonly accuracy: number }[];
};

/** All that was compared, with what was the same for all. */
export type Comparison = {
  readonly settings: { readonly [name: string]: unknown };
  readonly rows: readonly ComparisonRow[];
};

/** These stand in the rows, and so does what differs from run to run. */
const OF_A_ROW = new Set(['task', 'cell', 'hidden', 'seed', 'least', 'most', 'lengths']);

/** The results of runs, one row for each task and cell. */
export function summarise(results: readonly TaskResult[]): Comparison {
  const groups = new Map<string, TaskResult[]>();
  for (const result of results) {
    const { task, cell, layers, hidden } = result.settings;
    const key = `${task} ${cell} ${layers} ${hidden}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const rows = [...groups.values()].map((runs): ComparisonRow => {
    const { settings, parameters, baseline, rule } = runs[0] as TaskResult;
    return {
      task: settings.task,
      cell: settings.cell,
      hidden: settings.hidden,
      layers: settings.layers,
      parameters,
      seeds: runs.map((run) => run.settings.seed),
      scores: runs.map((run) => run.score),
      baseline,
      rule,
      solved: runs.filter((run) => run.solved).length,
      seconds: runs.map((run) => run.seconds),
      byLength: bestOf(runs).byLength.map(({ length, accuracy }) => ({ length, accuracy })),
    };
  });
  const isCommon = (name: string, value: unknown): boolean =>
    results.every(({ settings }) => JSON.stringify(settings[name as keyof TaskSettings]) === JSON.stringify(value));
  const common = Object.entries(results[0]?.settings ?? {}).filter(
    ([name, value]) => !OF_A_ROW.has(name) && isCommon(name, value),
  );
  return { settings: Object.fromEntries(common), rows };
}

/** The comparison in Markdown. */
export function comparisonTable({ rows, settings }: Comparison): string {
  const head = ['task', 'cell', 'units', 'parameters', 'loss', 'right', 'input-blind', 'solved', 'time'];
  const lines = rows.map((row) => [
    row.task,
    row.cell,
    `${row.layers > 1 ? `${row.layers} × ` : ''}${row.hidden}`,
    row.parameters.toLocaleString('en'),
    row.scores.map(({ loss }) => short(loss)).join(', '),
    row.scores.map(({ accuracy }) => percent(accuracy)).join(', '),
    `${short(row.baseline.loss)}, ${percent(row.baseline.accuracy)}`,
    `${row.solved} of ${row.seeds.length} (${row.rule})`,
    row.seconds.map(formatSeconds).join(', '),
  ]);
  const same = Object.entries(settings).flatMap(([name, value]) => settingText(name, value));
  const seeds = [...new Set(rows.flatMap((row) => row.seeds))].join(', ');
  return `${markdown([head, ...lines])}\n\n${lengthTable(rows)}\n\nSeeds ${seeds}; ${same.join(', ')}.`;
}

/** A setting as the command line has it, without the hyphens; nothing for one that is empty. */
function settingText(name: string, value: unknown): string[] {
  const option = optionName(name).slice(2);
  if (typeof value !== 'object' || value === null) return [`${option} ${value}`];
  const asText = (part: unknown): string => (typeof part === 'string' ? part : JSON.stringify(part));
  return Object.entries(value).map(([key, part]) => `${option} ${key}=${asText(part)}`);
}

/** Right by length, of the best seed. */
function lengthTable(rows: readonly ComparisonRow[]): string {
  const lengths = [...new Set(rows.flatMap(({ byLength }) => byLength.map(({ length }) => length)))].sort(
    (a, b) => a - b,
  );
  const lines = rows.map(({ task, cell, byLength }) => {
    const right = lengths.map((wanted) => {
      const found = byLength.find(({ length }) => length === wanted);
      return found === undefined ? '' : percent(found.accuracy);
    });
    return [task, cell, ...right];
  });
  return markdown([['right at length', 'cell', ...lengths.map(String)], ...lines]);
}

/** Rows as a table, the first of them its head. */
export function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
