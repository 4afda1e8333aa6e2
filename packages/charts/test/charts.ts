import { type BarChart, barChart, type HeatMap, heatMap, type LineChart, lineChart } from '@elman/charts';
import { Rng } from '@elman/core';

/** Names that are long, wide, empty, or have special characters of XML, Vega and terminals. */
const NAMES = [
  'lstm',
  'a<b & "c"',
  '门控循环单元',
  'x\u001b[31m\ny\ud800',
  '',
  "it's {datum.x}",
  'e\u0301té',
  'q'.repeat(90),
];

/** The name number `i`; all differ. */
const name = (i: number): string => `${NAMES[i % NAMES.length]}${i < NAMES.length ? '' : i}`;

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Unusual but valid charts: one of each kind for each seed. */
export function oddCharts(seed: number): { line: LineChart; bar: BarChart; heat: HeatMap } {
  const rng = Rng.seeded('odd charts').fork(seed);
  /** Numbers of any size and sign, some of them missing; the first is not. */
  const numbers = (n: number, isPositive: boolean): number[] =>
    upTo(n).map((i) => {
      if (i > 0 && rng.integer(12) === 0) return rng.integer(2) === 0 ? Number.NaN : Number.NEGATIVE_INFINITY;
      return 10 ** rng.uniform(-7, 7) * (isPositive || rng.integer(2) === 0 ? 1 : -1);
    });
  const log = seed % 2 === 0;
  const ends = seed % 3 === 0 ? { from: 0.5, to: 4 } : {};
  const format = seed % 4 === 0 ? 'percent' : 'number';
  const [series, groups, rows, columns] = [
    1 + rng.integer(12),
    1 + rng.integer(20),
    1 + rng.integer(60),
    1 + rng.integer(120),
  ];
  return {
    line: lineChart({
      title: upTo(series).map(name).join(' '),
      x: { label: name(seed), log },
      y: { label: name(seed + 1), log, format, ...ends },
      series: upTo(series).map((i) => ({
        name: name(i),
        points: numbers(1 + 9 * i, log).map((y, x) => [x + 1, y] as const),
      })),
      marks: [{ label: name(seed), value: 3 }],
      bands: [{ label: name(seed), from: 1, to: 2 }],
    }),
    bar: barChart({
      title: name(seed),
      x: { label: name(seed) },
      y: { label: name(seed + 1), format },
      groups: upTo(groups).map(name),
      series: upTo(series).map((i) => ({ name: name(i), values: numbers(groups, log) })),
      marks: [{ label: name(seed), value: 3 }],
    }),
    heat: heatMap({
      title: name(seed),
      rows: upTo(rows).map(name),
      columns: upTo(columns).map((i) => (seed % 3 === 0 ? `${i}` : name(i % 3))),
      values: upTo(rows).map(() => numbers(columns, log)),
      labels: { rows: name(seed), columns: name(seed + 1), values: name(seed + 2) },
      format,
      ...ends,
    }),
  };
}

/** Accuracy by length: few points, a log axis, a band and a mark. */
export const byLength: LineChart = lineChart({
  title: 'Parity: right by length',
  x: { label: 'length, frames', log: true, ticks: [10, 20, 40, 80, 160, 320] },
  y: { label: 'right', format: 'percent' },
  series: [
    {
      name: 'simpleRnn',
      points: [
        [10, 1],
        [20, 1],
        [40, 1],
        [80, 1],
        [160, 1],
        [320, 0.99],
      ],
    },
    {
      name: 'lstm',
      points: [
        [10, 1],
        [20, 1],
        [40, 1],
        [80, 0.98],
        [160, 0.9],
        [320, 0.74],
      ],
    },
    {
      name: 'gru',
      points: [
        [10, 1],
        [20, 0.99],
        [40, 0.93],
        [80, 0.78],
        [160, 0.6],
        [320, 0.51],
      ],
    },
  ],
  marks: [{ label: 'guessing', value: 0.5 }],
  bands: [{ label: 'trained', from: 10, to: 40 }],
});
