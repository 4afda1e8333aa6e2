import { describe, expect, it } from 'vitest';
import { digits, large, table } from '../src/markdown.ts';
import type { Peak } from '../src/protocol.ts';
import { failures, mainTable, processTable } from '../src/report.ts';
import type { Measured, Row } from '../src/rows.ts';
import { summarize } from '../src/statistics.ts';
import { chosen, quickened, recurrentFlops, tokensOf, type Workload, workloads } from '../src/workloads.ts';

const measured = (milliseconds: number[], recurrent?: number): Measured => ({
  state: 'measured',
  step: summarize(milliseconds),
  milliseconds,
  rounds: 1,
  processorMilliseconds: 0,
  recurrent: recurrent === undefined ? undefined : summarize([recurrent]),
  load: 80.4,
  first: 30,
  peakBytes: 150e6,
  value: 4,
  versions: {},
});
const w1 = workloads[0] as Workload;
const row: Row = {
  workload: w1,
  outcomes: {
    Elman: measured([10, 11, 20], 5),
    'tf.layers': measured([220]),
    'brain.js': { state: 'unavailable', reason: 'not installed' },
    PyTorch: { state: 'failed', reason: 'ended without an error message' },
  },
};
const peers = ['tf.layers', 'brain.js', 'PyTorch'];
const peak: Peak = { event: 'peak', gigaflops: 393.216, size: 256, device: 'x', versions: {} };
const cells = (line: string | undefined): string[] => (line ?? '').split('|').map((cell) => cell.trim());

describe('the tables', () => {
  it('give the times of Elman, the rate of the recurrent layers and the ratio of each peer', () => {
    // 6 · 50 · 50 · 256 · 512 = 1966.08 million operations, in 5 ms.
    expect(cells(mainTable([row], peers, peak).split('\n')[2])).toEqual([
      '',
      'W1 LSTM 128, B 50, T 50',
      '11.0 (10.0–20.0)',
      '227k',
      '5.00',
      '393',
      '100 %',
      '150',
      '80',
      '20.0 (220)',
      'not installed',
      'failed',
      '',
    ]);
  });

  it('keep a row that failed, and have as many cells in every line', () => {
    const own = { ...row.outcomes, Elman: { state: 'failed', reason: 'x' } } as const;
    const lines = mainTable([row, { ...row, outcomes: own }], peers, undefined).split('\n');
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
    expect(cells(lines[3]).slice(1, 4)).toEqual(['W1 LSTM 128, B 50, T 50', 'failed', '–']);
  });

  it('show every process, and what failed', () => {
    const lines = processTable([row]).split('\n');
    expect(lines.slice(2).map((line) => cells(line).slice(2, 4))).toEqual([
      ['Elman', '11.0 (10.0–20.0)'],
      ['tf.layers', '220 (220–220)'],
      ['brain.js', 'not installed'],
      ['PyTorch', 'failed'],
    ]);
    expect(failures([row])).toEqual(['- W1: PyTorch failed: ended without an error message']);
  });

  it('are padded Markdown', () => {
    expect(table(['a', 'bcd'], [['long', '1']])).toBe('| a    | bcd |\n| ---- | --: |\n| long |   1 |');
  });
});

it('numbers are written in three digits', () => {
  expect([0.01234, 0.5, 1.234, 9.996, 12.34, 99.96, 1234.5].map(digits)).toEqual(
    ['0.0123', '0.50', '1.23', '10.0', '12.3', '100', '1235'], // biome-ignore format: one line
  );
  expect([12.3, 999.6, 141_234, 2_300_000].map(large)).toEqual(['12.3', '1.00k', '141k', '2.30M']);
});

describe('the workloads', () => {
  it('are chosen by name, a family by its first part', () => {
    const names = (only: string[]): string[] => chosen(only).map(({ name }) => name);
    expect(names(['W1', 'W4'])).toEqual(['W1', 'W4']);
    expect(names(['G1'])).toEqual(['G1-128', 'G1-512', 'G1-words', 'G1-beam']);
    expect(names([])).toHaveLength(workloads.length);
    expect(() => chosen(['W9'])).toThrow('--only: expected some of W1, W2');
  });

  it('count the products of every layer, and the tokens that are read', () => {
    const named = (name: string): Workload => chosen([name])[0] as Workload;
    expect(recurrentFlops(named('W2'))).toBe(6 * 2500 * (512 + 512) * 1024);
    expect(recurrentFlops(named('W7'))).toBe(6 * 32 * 600 * (2 + 128) * 384);
    expect(tokensOf(named('W1'))).toBe(2500);
    expect(tokensOf(named('G1-beam'))).toBe(50);
  });

  it('report that they are scaled down', () => {
    const small = quickened(w1);
    expect(small.scaled).toBe(true);
    const line = mainTable([{ ...row, workload: small }], [], undefined).split('\n')[2];
    expect(line).toContain('W1 LSTM 128, B 8, T 10, scaled down');
  });
});
