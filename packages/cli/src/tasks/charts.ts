import type { LineChart, Series } from '@elman/charts';
import type { TaskResult } from './run-task.ts';

/** What a net gets right by the length of the rows, inside the trained lengths and beyond them, and what is had without the inputs. */
export function lengthChart(result: TaskResult): LineChart {
  const { settings, byLength } = result;
  const answered = byLength.flatMap(({ length, answered }): [number, number][] =>
    answered === undefined ? [] : [[length, answered.exactMatch]],
  );
  return chartOf(settings, `${settings.task}: ${settings.cell} of ${settings.hidden}`, [
    { name: 'right', points: byLength.map(({ length, accuracy }) => [length, accuracy]) },
    ...(answered.length === 0 ? [] : [{ name: 'all of a row, by itself', points: answered }]),
    guesses(result),
  ]);
}

/** The same of several cells on one task, each by its best seed. */
export function comparisonChart(results: readonly TaskResult[]): LineChart {
  const first = results[0] as TaskResult;
  const cells = [...new Set(results.map(({ settings }) => settings.cell))];
  const best = cells.map((cell): Series => {
    const runs = results.filter(({ settings }) => settings.cell === cell);
    const points = first.byLength.map(({ length }, i): [number, number] => [
      length,
      Math.max(...runs.map(({ byLength }) => byLength[i]?.accuracy ?? 0)),
    ]);
    return { name: cell, points };
  });
  return chartOf(first.settings, first.settings.task, [...best, guesses(first)]);
}

function guesses({ byLength }: TaskResult): Series {
  return { name: 'without the inputs', points: byLength.map(({ length, baseline }) => [length, baseline.accuracy]) };
}

function chartOf({ least, most }: TaskResult['settings'], title: string, series: readonly Series[]): LineChart {
  return {
    kind: 'line',
    title,
    x: { label: 'length', log: true },
    y: { label: 'right', from: 0, to: 1, format: 'percent' },
    series,
    bands: least.length < most.length ? [{ label: 'trained', from: least.length, to: most.length }] : [],
  };
}
