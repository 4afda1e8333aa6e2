import { type LineChart, lineChart, type Point } from '@elman/charts';
import type { HistoryLine } from './history.ts';

/** Points of the line of training, each the mean of as many updates. */
const POINTS = 60;

/** The loss by update, in training and on what is held out. Undefined where there is no line to draw. */
export function lossChart(lines: readonly HistoryLine[], title: string): LineChart | undefined {
  if (lines.length < 2) return undefined;
  const heldOut = lines.flatMap(({ step, heldOut }): Point[] => (heldOut === undefined ? [] : [[step, heldOut]]));
  return lineChart({
    title,
    x: { label: 'update' },
    y: { label: 'loss' },
    series: [
      { name: 'training', points: means(lines) },
      ...(heldOut.length === 0 ? [] : [{ name: 'held out', points: heldOut }]),
    ],
  });
}

function means(lines: readonly HistoryLine[]): Point[] {
  const size = Math.ceil(lines.length / POINTS);
  const points: Point[] = [];
  for (let i = 0; i < lines.length; i += size) {
    const some = lines.slice(i, i + size);
    const mean = (of: (line: HistoryLine) => number): number =>
      some.reduce((sum, line) => sum + of(line), 0) / some.length;
    points.push([mean(({ step }) => step), mean(({ loss }) => loss)]);
  }
  return points;
}
