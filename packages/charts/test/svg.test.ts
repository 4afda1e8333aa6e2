import { barChart, type Chart, heatMap, lineChart, toSvg } from '@elman/charts';
import { DOMParser, type Element } from '@xmldom/xmldom';
import { describe, expect, it, vi } from 'vitest';
import { byLength, oddCharts } from './charts.ts';

/** The root of an SVG; throws where it is not well-formed XML. */
function parsed(svg: string): Element {
  const fail = (level: string, message: string): never => {
    throw new Error(`${level}: ${message}`);
  };
  return new DOMParser({ onError: fail }).parseFromString(svg, 'image/svg+xml').documentElement as Element;
}

type Found = { readonly element: Element; readonly x: number; readonly y: number };

/** Elements of a kind, with their positions in the picture. */
function found(root: Element, tag: string): Found[] {
  return [...root.getElementsByTagName(tag)].map((element) => {
    let [x, y] = [0, 0];
    for (let node: Element | null = element; node !== null; node = node.parentNode as Element | null) {
      const moved = /translate\(([-\d.e]+),([-\d.e]+)\)/.exec(node.getAttribute?.('transform') ?? '');
      if (moved !== null) [x, y] = [x + Number(moved[1]), y + Number(moved[2])];
    }
    return { element, x, y };
  });
}

/** The corners of the only line of this colour, in the picture. */
function lineOf(root: Element, color: string): [number, number][] {
  const [line] = found(root, 'path').filter(
    ({ element }) =>
      element.getAttribute('stroke') === color &&
      element.getAttribute('d')?.includes('L') &&
      element.getAttribute('stroke-width') !== null,
  );
  const { element, x, y } = line as Found;
  const corners = (element.getAttribute('d') as string).matchAll(/[ML]([-\d.]+),([-\d.]+)/g);
  return [...corners].map(([, px, py]) => [x + Number(px), y + Number(py)]);
}

const textsOf = (root: Element): string[] => found(root, 'text').map(({ element }) => element.textContent ?? '');

const square = lineChart({
  title: 'S',
  x: { label: 'x', log: true },
  y: { label: 'y', log: true, from: 1, to: 10000 },
  series: [
    {
      name: 'a',
      points: [
        [1, 1],
        [10, 100],
        [100, 10000],
      ],
    },
  ],
});

describe('the SVG of any chart', () => {
  it('is well-formed, of the given size, and has its text inside', async () => {
    const warn = vi.spyOn(console, 'warn');
    for (const [seed, size] of [{}, { width: 320, height: 240 }, { width: 1000, height: 300 }].entries()) {
      for (const chart of Object.values(oddCharts(seed))) {
        const { width = 720, height = 420 } = size as { width?: number; height?: number };
        const root = parsed(await toSvg(chart, size));
        expect([root.getAttribute('width'), root.getAttribute('height')]).toEqual([`${width}`, `${height}`]);
        for (const { element, x, y } of found(root, 'text')) {
          const isInside = x >= 0 && x <= width && y >= 0 && y <= height;
          expect(isInside, `${chart.kind} ${element.textContent} at ${x}, ${y}`).toBe(true);
        }
      }
    }
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  it('keeps names unchanged', async () => {
    const odd = 'a<b & "c" \'d\' {e}';
    const line: Chart = lineChart({
      ...square,
      title: odd,
      x: { label: odd },
      series: [{ name: odd, points: [[0, 1]] }],
    });
    const bar = barChart({
      title: odd,
      x: { label: odd },
      y: { label: odd },
      groups: [odd],
      series: [
        { name: odd, values: [1] },
        { name: 'b', values: [2] },
      ],
    });
    const heat = heatMap({
      title: odd,
      rows: [odd],
      columns: [odd],
      values: [[1]],
      labels: { rows: odd, columns: odd, values: odd },
    });
    for (const [chart, times] of [
      [line, 3],
      [bar, 5],
      [heat, 6],
    ] as const) {
      const root = parsed(await toSvg(chart));
      expect(root.getElementsByTagName('title')[0]?.textContent).toBe(odd);
      expect(textsOf(root).filter((text) => text === odd).length, chart.kind).toBe(times);
    }
  });

  it('is the same every time, and defines no ids that could clash in a page', async () => {
    for (const chart of Object.values(oddCharts(4))) {
      const svg = await toSvg(chart);
      expect(await toSvg(chart)).toBe(svg);
      expect(svg).not.toMatch(/ id=|url\(/);
    }
  });

  it('is the same on every backend, in Node and in pages', async () => {
    await expect(await toSvg(byLength)).toMatchFileSnapshot('../fixtures/by-length.svg');
  });
});

describe('the SVG of lines', () => {
  it('has points at the right positions', async () => {
    const points = lineOf(parsed(await toSvg(square)), '#0072b2');
    const [[x0, y0], [x1, y1], [x2, y2]] = points as [[number, number], [number, number], [number, number]];
    expect(points.length).toBe(3);
    expect(x1 - x0).toBeCloseTo(x2 - x1, 1);
    expect(y0 - y1).toBeCloseTo(y1 - y2, 1);
    const root = parsed(await toSvg(square));
    const tick = found(root, 'text').find(
      ({ element }) => element.textContent === '100' && element.getAttribute('text-anchor') === 'end',
    );
    expect(Math.abs((tick as Found).y - y1)).toBeLessThan(6);
  });

  it('clips lines at the ends of the axes', async () => {
    const series = [
      {
        name: 'a',
        points: [
          [0, -1],
          [1, 3],
          [2, 1],
        ] as const,
      },
    ];
    const chart = lineChart({ title: '', x: { label: '' }, y: { label: '', from: 0, to: 2 }, series });
    const lines = found(parsed(await toSvg(chart)), 'path').flatMap(({ element, y }) =>
      element.getAttribute('stroke-width') === '2.25'
        ? [...(element.getAttribute('d') as string).matchAll(/[ML]([-\d.]+),([-\d.]+)/g)].map(
            ([, , py]) => y + Number(py),
          )
        : [],
    );
    expect(lines.length).toBe(4);
    const [top, bottom] = [Math.min(...lines), Math.max(...lines)];
    expect(lines.map((y) => Math.round(((bottom - y) / (bottom - top)) * 2 * 1000) / 1000)).toEqual([0, 2, 2, 1]);
  });

  it('of very many points is small, and keeps its peaks', async () => {
    const points = Array.from({ length: 50_000 }, (_, i) => [i, i === 7_777 ? 1 : Math.sin(i) / 2] as const);
    const chart = lineChart({
      title: '',
      x: { label: '' },
      y: { label: '', from: -1, to: 1 },
      series: [{ name: 'a', points }],
    });
    const svg = await toSvg(chart);
    expect(svg.length).toBeLessThan(100_000);
    const peak = Math.min(...lineOf(parsed(svg), '#0072b2').map(([, y]) => y));
    const one = await toSvg(
      lineChart({
        ...chart,
        series: [
          {
            name: 'a',
            points: [
              [0, 1],
              [1, -1],
            ],
          },
        ],
      }),
    );
    expect(peak).toBeCloseTo(Math.min(...lineOf(parsed(one), '#0072b2').map(([, y]) => y)), 2);
  });
});

describe('the SVG of bars', () => {
  it('has bar heights in proportion', async () => {
    const series = [
      { name: 'a', values: [1, 4] },
      { name: 'b', values: [-2, null] },
    ];
    const chart = barChart({
      title: '',
      x: { label: '' },
      y: { label: '', from: -4, to: 4 },
      groups: ['g', 'h'],
      series,
    });
    const bars = found(parsed(await toSvg(chart)), 'path').filter(({ element }) =>
      ['#0072b2', '#d55e00'].includes(element.getAttribute('fill') ?? ''),
    );
    const heights = bars.map(({ element }) => {
      const ys = [...(element.getAttribute('d') as string).matchAll(/[-\d.]+,([-\d.]+)/g)].map(([, y]) => Number(y));
      return Math.max(...ys) - Math.min(...ys);
    });
    const [one, four, two] = heights.filter((height) => height > 15).sort((a, b) => a - b) as [number, number, number];
    expect([four / one, two / one].map(Math.round)).toEqual([2, 4]);
  });
});

describe('the SVG of a heat map', () => {
  const labels = { rows: 'r', columns: 'c', values: 'v' };
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => `${i}`);

  it('has a rectangle for each value that is not missing', async () => {
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
    const cells = found(parsed(await toSvg(map)), 'path').filter(
      ({ element }) => element.getAttribute('stroke') === '#ffffff',
    );
    expect(cells.length).toBe(3);
    expect(new Set(cells.map(({ element }) => element.getAttribute('fill'))).size).toBe(3);
  });

  it('of very many values is small, and notes that it shows means', async () => {
    const values = upTo(300).map((_, r) => upTo(600).map((_, c) => Math.exp(-((r - c / 2) ** 2) / 100)));
    const svg = await toSvg(heatMap({ title: '', rows: upTo(300), columns: upTo(600), values, labels }));
    expect(svg.length).toBeLessThan(500_000);
    expect(svg).toMatch(/a cell is the mean of \d rows by \d columns/);
  });
});
