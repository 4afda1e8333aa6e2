import { type LineChart, lineChart } from '@elman/charts';
import { digits, table } from './markdown.ts';
import { type AccessCost, costOf, KINDS, type MemoryPoint } from './memories.ts';
import type { MemoryKind } from './protocol.ts';
import { exponent } from './statistics.ts';

/** Display names. */
const NAMES: { readonly [kind in MemoryKind]: string } = { ntm: 'NTM', linear: 'sparse, linear', lsh: 'sparse, LSH' };

/** The costs of an access or a sequence. */
const COUNTS = {
  milliseconds: ({ milliseconds }: AccessCost) => milliseconds,
  kilobytes: ({ bytes }: AccessCost) => bytes / 1000,
  beside: ({ openMilliseconds }: AccessCost) => openMilliseconds,
} as const;

/** The costs of a memory that could be measured, over its slots. */
function pointsOf(points: readonly MemoryPoint[], kind: MemoryKind, count: keyof typeof COUNTS): [number, number][] {
  return points.flatMap((point) => {
    const cost = point.kind === kind ? costOf(point) : undefined;
    return cost === undefined ? [] : [[point.slots, COUNTS[count](cost)] as [number, number]];
  });
}

/** The costs over the slots as a table, and how they grow. */
export function describeMemories(points: readonly MemoryPoint[]): string {
  const columns = KINDS.flatMap((kind) =>
    (
      [
        [`${NAMES[kind]}: ms an access`, 'milliseconds'],
        ['KB an access', 'kilobytes'],
        ['ms a sequence', 'beside'],
      ] as const
    ).map(([title, count]) => ({ title, found: new Map(pointsOf(points, kind, count)) })),
  );
  const slots = [...new Set(points.map((point) => point.slots))];
  const lines = slots.map((count) => [
    `${count}`,
    ...columns.map(({ found }) => (found.has(count) ? digits(found.get(count) as number) : '–')),
  ]);
  const laws = KINDS.map((kind) => [
    NAMES[kind],
    growth(pointsOf(points, kind, 'milliseconds')),
    growth(pointsOf(points, kind, 'kilobytes')),
  ]);
  const head = ['slots', ...columns.map(({ title }) => title)];
  return `${table(head, lines)}\n\n${table(['grows as slots to the power', 'time', 'memory'], laws)}`;
}

/** The exponent of the power law through points; those that are not above 0, in short measurements, are left out. */
function growth(points: readonly [number, number][]): string {
  const above = points.filter(([, value]) => value > 0);
  return above.length < 2 ? '–' : exponent(above).toFixed(2);
}

/** The same as charts by name. */
export function memoryCharts(points: readonly MemoryPoint[]): { readonly [name: string]: LineChart } {
  const chart = (title: string, label: string, count: keyof typeof COUNTS): LineChart =>
    lineChart({
      title,
      x: { label: 'slots', log: true, ticks: [...new Set(points.map(({ slots }) => slots))] },
      y: { label, log: true },
      series: KINDS.map((kind) => ({
        name: NAMES[kind],
        points: pointsOf(points, kind, count).filter(([, value]) => value > 0),
      })),
    });
  return {
    time: chart('Time of an access, forward and backward', 'milliseconds', 'milliseconds'),
    memory: chart('Memory held per access for its gradient', 'kilobytes', 'kilobytes'),
  };
}
