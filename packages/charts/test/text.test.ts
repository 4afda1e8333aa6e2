import { barChart, heatMap, lineChart, type TextOptions, toText } from '@elman/charts';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { byLength, oddCharts } from './charts.ts';

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const plain = (text: string): string => text.replaceAll(ESCAPES, '');

/** Column and row of each character like this, in the text of a chart. */
function placesOf(character: string, text: string): [column: number, row: number][] {
  return text
    .split('\n')
    .flatMap((line, row) =>
      [...line].flatMap((found, column): [number, number][] => (found === character ? [[column, row]] : [])),
    );
}

const diagonal = lineChart({
  title: 'D',
  x: { label: 'x' },
  y: { label: 'y', from: 0, to: 4, ticks: [0, 1, 2, 3, 4] },
  series: [
    {
      name: 'a',
      points: [
        [0, 0],
        [10, 1],
        [20, 2],
        [30, 3],
        [40, 4],
      ],
    },
  ],
});

describe('the text of any chart', () => {
  const styles: TextOptions[] = [{}, { ascii: true }, { width: 40, height: 8 }, { width: 133, height: 50 }];

  it.each(styles)('is no wider than the given width: %j', (options) => {
    for (let seed = 0; seed < 6; seed++) {
      for (const chart of Object.values(oddCharts(seed))) {
        for (const text of [toText(chart, options), plain(toText(chart, { ...options, color: true }))]) {
          const widest = Math.max(...text.split('\n').map((line) => stringWidth(line)));
          expect(widest, text).toBeLessThanOrEqual(options.width ?? 80);
        }
      }
    }
  });

  it('contains no escape sequences from names', () => {
    for (let seed = 0; seed < 8; seed++) {
      for (const chart of Object.values(oddCharts(seed))) expect(toText(chart)).not.toMatch(/[^\n\P{Cc}]/u);
    }
  });

  it('has the same text with and without colours', () => {
    const charts = [byLength, oddCharts(1).line, oddCharts(1).bar];
    for (const chart of charts) {
      const lines = plain(toText(chart, { color: true })).split('\n');
      expect(lines.map((line) => line.trimEnd()).join('\n')).toBe(toText(chart));
    }
  });

  it('is pure ASCII with `ascii`', () => {
    const bar = barChart({
      ...diagonal,
      groups: ['g'],
      series: [
        { name: 'a', values: [null] },
        { name: 'b', values: [0.7] },
      ],
    });
    const values = Array.from({ length: 99 }, (_, r) =>
      Array.from({ length: 200 }, (_, c) => (r === c ? null : r * c)),
    );
    const names = (n: number) => Array.from({ length: n }, (_, i) => `number ${i}`);
    const labels = { rows: 'r', columns: 'c', values: 'v' };
    const heat = heatMap({ title: 'long '.repeat(40), rows: names(99), columns: names(200), values, labels });
    const small = heatMap({
      ...heat,
      rows: names(2),
      columns: ['unbelievably long', 'b'],
      values: [
        [1, 2],
        [3, null],
      ],
    });
    for (const chart of [byLength, diagonal, bar, heat, small]) {
      expect(toText(chart, { ascii: true })).toMatch(/^[\n -~]*$/);
    }
  });
});

describe('the text of lines', () => {
  it('has points at the right positions', () => {
    const text = toText(diagonal, { width: 60, height: 21 });
    const lines = text.split('\n');
    const points = placesOf('●', text).filter(([column]) => column < (lines[2] as string).indexOf('●') + 1);
    const ticks = placesOf('┬', text).map(([column]) => column);
    const rows = lines.flatMap((line, row) => (/^\d ┤/.test(line) ? [row] : []));
    expect(points.map(([, row]) => row)).toEqual(rows);
    expect(points.map(([column]) => column).reverse()).toEqual(ticks);
    expect(lines.length).toBe(21);
  });

  it('draws equal factors as equal steps on a log axis', () => {
    const points = [1, 10, 100, 1000].map((x) => [x, x * x] as const);
    const chart = lineChart({
      title: '',
      x: { label: '', log: true },
      y: { label: '', log: true },
      series: [{ name: 'a', points }],
    });
    const found = placesOf('*', toText(chart, { ascii: true, width: 60, height: 25 }));
    const [a, b, c, d] = found
      .filter(([column], i) => i > 0 || column < 58)
      .map(([column]) => column)
      .sort((x, y) => x - y) as [number, number, number, number];
    expect([b - a, c - b, d - c].map((step) => Math.abs(step - (d - a) / 3) <= 1)).toEqual([true, true, true]);
  });

  it('names each line at its end, without overlaps', () => {
    const lines = toText(byLength).split('\n');
    const rowOf = (name: string) => lines.findIndex((line) => line.endsWith(name));
    expect(rowOf('● simpleRnn')).toBeLessThan(rowOf('○ lstm'));
    expect(rowOf('○ lstm')).toBeLessThan(rowOf('▲ gru'));
    expect(Math.abs(rowOf('▲ gru') - rowOf('╌ guessing'))).toBe(1);
  });

  it('names lines below if the names do not fit', () => {
    const series = Array.from({ length: 30 }, (_, i) => ({ name: `net ${i}`, points: [[i, i] as const] }));
    const text = toText(lineChart({ ...diagonal, y: { label: 'y' }, series }), { height: 12 });
    for (const { name } of series) expect(text).toContain(name);
  });

  it('does not join points over a gap', () => {
    const points = Array.from({ length: 41 }, (_, x) => [x, x > 10 && x < 30 ? Number.NaN : 2] as const);
    const row = toText(lineChart({ ...diagonal, series: [{ name: 'a', points }] }), { ascii: true, width: 50 })
      .split('\n')
      .find((line) => line.startsWith('2 +'));
    expect(row?.slice(3, 40)).toMatch(/^[.*']+ {15,}[.*']+$/);
  });

  it('clips lines at the ends of the axes', () => {
    const series = [
      {
        name: 'a',
        points: [
          [0, -100],
          [20, 100],
          [40, -100],
        ] as const,
      },
    ];
    const text = toText(lineChart({ ...diagonal, series }), { ascii: true, width: 60, height: 21 });
    const dots = placesOf('*', text);
    expect(text).toContain('* a');
    expect(dots.length).toBeGreaterThan(1);
    const plot = text
      .split('\n')
      .slice(2, -3)
      .map((line) => line.slice(3, 56));
    for (const row of plot.slice(1, -1)) expect(row.replaceAll(' ', '').length).toBeLessThanOrEqual(4);
  });

  it.each([
    [{ from: 0, to: 20_000 }, ['0', '5k', '10k', '15k', '20k']],
    [{ from: 0, to: 0.002 }, ['0', '5e-4', '0.001', '0.0015', '0.002']],
    [{ from: 0.9, to: 1, format: 'percent' as const }, ['90%', '92%', '94%', '96%', '98%', '100%']],
    [{ from: 1, format: 'percent' as const }, ['100%', '110%', '120%', '130%', '140%', '150%']],
    [{ from: 1e-5, to: 3.4e38, log: true }, ['1e-5', '1000', '1e11', '1e19', '1e27', '1e35']],
  ])('has round numbers at the axis: %j', (ends, wanted) => {
    const chart = lineChart({ ...diagonal, y: { label: 'y', ...ends }, series: [{ name: 'a', points: [[1, 1]] }] });
    const numbers = toText(chart, { height: 24 })
      .split('\n')
      .flatMap((line) => /^ *(\S+) ┤/.exec(line)?.slice(1) ?? []);
    expect(numbers.reverse()).toEqual(wanted);
  });

  it('names a series without finite values', () => {
    const series = [...diagonal.series, { name: 'lost', points: [[0, Number.NaN] as const] }];
    expect(toText(lineChart({ ...diagonal, series }))).toContain('lost: not finite');
  });

  it('shows a band and custom ticks at the axis', () => {
    const lines = toText(byLength).split('\n');
    const axis = lines.findIndex((line) => line.includes('└'));
    expect(lines[axis]).toMatch(/└┯━+┯━+┯─+┬─+┬─+┬/);
    expect(lines[axis + 1]?.trim().split(/ +/)).toEqual(['10', '20', '40', '80', '160', '320']);
    expect(lines[axis + 2]).toContain('━━ trained');
  });
});

describe('the text of bars', () => {
  const chart = barChart({
    title: 'B',
    x: { label: 'digits' },
    y: { label: 'right', from: 0, to: 8 },
    groups: ['four', 'eight'],
    series: [
      { name: 'plain', values: [8, 4] },
      { name: 'both', values: [2, null] },
    ],
    marks: [{ label: 'guessing', value: 6 }],
  });

  it('has bar lengths in proportion, and the numbers', () => {
    const lengths = toText(chart, { ascii: true })
      .split('\n')
      .flatMap((line) => {
        const bar = /\|(#*) .*?(\d|-)/.exec(line);
        return bar === null ? [] : [[(bar[1] as string).length, bar[2]]];
      });
    const whole = lengths[0]?.[0] as number;
    const near = (part: number) => Math.round(part * whole);
    expect(lengths.map(([, number]) => number)).toEqual(['8', '2', '4', '-']);
    for (const [i, part] of [1, 1 / 4, 1 / 2, 0].entries()) {
      expect(Math.abs((lengths[i]?.[0] as number) - near(part))).toBeLessThanOrEqual(1);
    }
  });

  it('goes to both sides of 0', () => {
    const both = barChart({
      ...chart,
      y: { label: '' },
      marks: [],
      groups: ['a'],
      series: [
        { name: 'm', values: [-3] },
        { name: 'p', values: [3] },
      ],
    });
    const [minus, plus] = toText(both, { ascii: true })
      .split('\n')
      .filter((line) => line.includes('#')) as [string, string];
    expect(Math.abs(minus.lastIndexOf('#') + 1 - plus.indexOf('#'))).toBeLessThanOrEqual(1);
    expect(Math.abs(minus.split('#').length - plus.split('#').length)).toBeLessThanOrEqual(1);
  });
});

describe('the text of a heat map', () => {
  const labels = { rows: 'r', columns: 'c', values: 'v' };

  it('has a shade for each value, darker for more', () => {
    const map = heatMap({
      title: '',
      rows: ['a', 'b'],
      columns: ['x', 'y'],
      values: [
        [0, 0.5],
        [1, null],
      ],
      labels,
    });
    const lines = toText(map).split('\n');
    expect(lines.find((line) => line.startsWith('a'))).toBe('a   ▒▒');
    expect(lines.find((line) => line.startsWith('b'))).toBe('b ██·');
  });

  it('shows means, with a note, if the values do not fit', () => {
    const values = [Array.from({ length: 156 }, (_, i) => (i < 78 ? i % 2 : 1))];
    const columns = values[0]?.map((_, i) => `${i}`) as string[];
    const text = toText(heatMap({ title: '', rows: ['a'], columns, values, labels, from: 0, to: 1 }));
    expect(text.split('\n').find((line) => line.startsWith('a'))).toBe(`a ${'▒'.repeat(39)}${'█'.repeat(39)}`);
    expect(text).toContain('a cell is the mean of 1 row by 2 columns');
  });
});
