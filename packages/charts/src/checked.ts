import { barChart } from './bar-chart.ts';
import { refuse } from './check.ts';
import { heatMap } from './heat-map.ts';
import { lineChart } from './line-chart.ts';
import type { Chart } from './types.ts';

/**
 * The validated chart, which may come from JSON.
 * @throws {OptionError}
 */
export function checked(where: string, chart: Chart): Chart {
  switch (chart?.kind) {
    case 'line':
      return lineChart(chart);
    case 'bar':
      return barChart(chart);
    case 'heat':
      return heatMap(chart);
    default:
      return refuse(where, `kind: expected line, bar or heat, got ${(chart as { kind?: unknown } | null)?.kind}.`);
  }
}

/** @throws {OptionError} unless a size is a whole number of at least `least`. */
export function expectSize(where: string, name: string, size: number, least: number): void {
  if (Number.isSafeInteger(size) && size >= least) return;
  refuse(where, `${name}: expected a whole number from ${least}, got ${size}.`);
}
