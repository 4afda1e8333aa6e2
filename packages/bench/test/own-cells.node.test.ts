import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { disagreement } from '../src/agreement.ts';
import { sharedValues } from '../src/contenders/shared-values.ts';
import { parseOptions } from '../src/options.ts';
import { CELLS, chosenCells, type OwnCell } from '../src/own-cell-workloads.ts';
import { builtInCells, ownCells } from '../src/own-cells/index.ts';
import type { OwnCellRow } from '../src/own-cells.ts';
import { describeOwnCells } from '../src/own-cells-report.ts';
import type { Evaluation } from '../src/protocol.ts';
import type { Measured } from '../src/rows.ts';
import { summarize } from '../src/statistics.ts';
import { bench } from './spawn.ts';

const folder = mkdtempSync(join(tmpdir(), 'elman-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('npm run bench -- --own-cells measures a cell and the built-in one, and says why a peer is missing', async () => {
  const json = join(folder, 'results.json');
  const { code, stdout, stderr } = await bench(
    ['--own-cells', '--quick', '--only', 'gru', '--sizes', '4/2/3', '--json', json], // biome-ignore format: one line
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/One thread:\n\n\| cell +\| ms, median \(least\) \|.* JAX ÷ ours \(ms\) \| PyTorch ÷ ours/);
  expect(stdout).toMatch(/\| GRU, H 4, B 2, T 3 \|.*\| +no Python given \| +no Python given \| +[\d.]+ \([\d.]+\) \|/);
  expect(stdout).not.toMatch(/NaN|undefined|Infinity/);
  const [row, ...others]: readonly OwnCellRow[] = JSON.parse(readFileSync(json, 'utf8')).rows;
  const { Elman, 'built-in': builtIn, ...peers } = (row as OwnCellRow).outcomes;
  const reason = 'no Python given';
  expect([row?.workload.cell, row?.threads, others]).toEqual(['gru', 1, []]);
  expect((Elman as Measured).value).toBeCloseTo((builtIn as Measured).value, 4);
  expect(peers).toEqual({ JAX: { state: 'unavailable', reason }, PyTorch: { state: 'unavailable', reason } });
});

it('the numbers of all contenders come from one formula', () => {
  // values(path, (4,), 0.5) of bench/own_cells_peer.py
  const expected = {
    inputs: [0.41643884778022766, -0.21041256189346313, -0.24805572628974915, 0.1780019998550415],
    'cell.controller.kernel': [-0.035196952521800995, 0.095535509288311, -0.23215235769748688, 0.02707189880311489],
    'cell.cellGain': [0.41551247239112854, 0.6796033382415771, 0.41568517684936523, 0.8972310423851013],
  };
  for (const [path, values] of Object.entries(expected)) expect([...sharedValues(path, 4, 0.5)], path).toEqual(values);
});

it('every cell is a step, and no more', () => {
  expect(Object.keys(ownCells)).toEqual(Object.keys(CELLS));
  for (const name of ['layer-norm-lstm', 'multiplicative-lstm', 'reset-before-gru', 'lstm', 'gru'] as const) {
    expect(ownCells[name](4).scan, name).toBeUndefined();
  }
  expect(builtInCells.lstm(4).scan).toBeDefined();
});

describe('what contenders compute', () => {
  const ours: Evaluation = { loss: -2, norms: { inputs: 1, 'cell.kernel': 10 } };

  it('agrees to a relative tolerance', () => {
    expect(disagreement(ours, { loss: -2.001, norms: { 'cell.kernel': 10.005, inputs: 1 } })).toBeUndefined();
  });

  it.each([
    [{ ...ours, loss: -2.01 }, 'loss: expected -2, got -2.01'],
    [{ ...ours, loss: Number.NaN }, 'loss: expected -2, got NaN'],
    [
      { ...ours, norms: { inputs: 1, 'cell.kernel': 10.02 } },
      'norm of the gradient of cell.kernel: expected 10, got 10.02',
    ],
    [{ ...ours, norms: { inputs: 1 } }, 'expected the gradients cell.kernel, inputs, got inputs'],
  ])('disagrees: %o', (other, message) => {
    expect(disagreement(ours, other)).toBe(`computes something else: ${message}`);
  });
});

describe('the options', () => {
  it('choose cells and sizes', () => {
    const names = (args: string[]): string[] => chosenCells(parseOptions(args, {})).map(({ name }) => name);
    expect(names(['--own-cells'])).toHaveLength(7 * 4);
    expect(names(['--own-cells', '--only', 'gru', '--sizes', '8/2/3,4/1/5'])).toEqual([
      'GRU, H 8, B 2, T 3',
      'GRU, H 4, B 1, T 5',
    ]);
    expect(() => names(['--only', 'W1'])).toThrow('--only: expected some of layer-norm-lstm, multiplicative-lstm,');
    expect(() => names(['--sizes', '8/2'])).toThrow(
      '--sizes: expected hidden size/batch/frames such as 128/50/50, got 8/2.',
    );
  });

  it('take several numbers of threads and other peers with --own-cells alone', () => {
    const { threads, threadCounts, peers } = parseOptions(['--own-cells', '--threads', '1,2'], {});
    expect([threads, threadCounts, peers]).toEqual([1, [1, 2], ['JAX', 'PyTorch']]);
    expect(() => parseOptions(['--threads', '1,2'], {})).toThrow('only --own-cells takes a list.');
    expect(() => parseOptions(['--own-cells', '--peers', 'brain.js'], {})).toThrow('expected some of JAX, PyTorch');
  });
});

it('the table has a part for each number of threads, and the processors that were busy', () => {
  const workload: OwnCell = { name: 'GRU, H 8, B 2, T 3', cell: 'gru', hiddenSize: 8, batch: 2, time: 3 };
  const measured = (milliseconds: number[], processorMilliseconds: number): Measured => ({
    state: 'measured',
    step: summarize(milliseconds),
    milliseconds,
    rounds: 1,
    processorMilliseconds,
    load: 1,
    first: 40,
    peakBytes: 1,
    value: 1,
    versions: {},
  });
  const outcomes = {
    Elman: measured([100, 110, 120], 363),
    JAX: measured([220], 220),
    PyTorch: { state: 'failed', reason: 'computes something else' },
    'built-in': measured([11], 99),
  } as const;
  const text = describeOwnCells([1, 2].map((threads) => ({ workload, threads, outcomes })), ['JAX', 'PyTorch']); // biome-ignore format: one line
  expect(text.match(/^One thread:|^2 threads:/gm)).toHaveLength(2);
  const cells = (text.split('\n')[4] as string).split('|').map((cell) => cell.trim());
  expect(cells.slice(1, -1)).toEqual([workload.name, '110 (100)', '40.0', '2.00 (220)', 'failed', '0.10 (11.0)']);
  expect(text).toContain('Processors kept busy, the most in any row: Elman 1.10, JAX 1.00.');
});
