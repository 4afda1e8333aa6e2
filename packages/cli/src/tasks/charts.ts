import type { LineChart, Series } from '@elman/charts';
import type { TaskResult } from './run-task.ts';

/** The accuracy of a net by the length of the rows, within the trained lengths and beyond them, and of the input-blind baseline. */
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

/** The same of several nets on one task, each by its best seed. */
export function comparisonChart(results: readonly TaskResult[]): LineChart {
  const first = results[0] as TaskResult;
  const best = eachBest(results, ({ byLength }) => byLength.map(({ length, accuracy }) => [length, accuracy]));
  return chartOf(first.settings, first.settings.task, [...best, guesses(first)]);
}

/** The loss on held-out rows by update, of several nets on one task, each by its best seed. */
export function learningCurves(results: readonly TaskResult[]): LineChart {
  const { settings, baseline } = results[0] as TaskResult;
  return {
    kind: 'line',
    title: settings.task,
    x: { label: 'update', from: 0 },
    y: { label: 'held-out loss' },
    series: eachBest(results, ({ evaluations }) => evaluations.map(({ step, loss }) => [step, loss])),
    marks: [{ label: 'input-blind', value: baseline.loss }],
  };
}

function eachBest(results: readonly TaskResult[], pointsOf: (best: TaskResult) => Series['points']): Series[] {
  const cells = [...new Set(results.map(({ settings }) => settings.cell))];
  return cells.flatMap((cell) => {
    const runs = results.filter(({ settings }) => settings.cell === cell);
    const sizeOf = ({ settings: { layers, hidden } }: TaskResult): string => `${layers} × ${hidden}`;
    const sizes = [...new Set(runs.map(sizeOf))];
    return sizes.map((size) => ({
      name: sizes.length > 1 ? `${cell} ${size}` : cell,
      points: pointsOf(bestOf(runs.filter((run) => sizeOf(run) === size))),
    }));
  });
}

/** Of several seeds the run that is right most often, over all lengths that were tried. */
export function bestOf(runs: readonly TaskResult[]): TaskResult {
  const mean = ({ byLength }: TaskResult): number => byLength.reduce((sum, { accuracy }) => sum + accuracy, 0);
  return runs.reduce((best, run) => (mean(run) > mean(best) ? run : best));
}

function guesses({ byLength }: TaskResult): Series {
  return { name: 'input-blind', points: byLength.map(({ length, baseline }) => [length, baseline.accuracy]) };
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
