import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factories } from '@elman/cells';
import { afterAll, expect, it } from 'vitest';
import { namesOf, ratios } from '../src/cells.ts';
import type { CellTimes } from '../src/cells-report.ts';
import { namedCell, partOf } from '../src/named-cell.ts';
import { bench } from './spawn.ts';

const folder = mkdtempSync(join(tmpdir(), 'elman-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('npm run bench -- --cells measures cells and combinators beside the LSTM', async () => {
  const json = join(folder, 'times.json');
  const { code, stdout, stderr } = await bench(['--cells', '--quick', '--only', 'gru,zoneout', '--json', json]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/\| gru +\| +[\d.]+ \| +[\d.]+ \| +[\d.]+ \([\d.]+–[\d.]+\) \|\n\| zoneout\(lstm\) +\|/);
  const { run, sizes, cells }: CellTimes = JSON.parse(readFileSync(json, 'utf8'));
  expect(run.command).toBe(`npm run bench -- --cells --quick --only gru,zoneout --json ${json}`);
  expect([sizes.hiddenSize, Object.keys(cells), cells.zoneout?.around]).toEqual([8, ['gru', 'zoneout'], 'lstm']);
  for (const { ratio, milliseconds } of Object.values(cells)) expect(Math.min(ratio, milliseconds)).toBeGreaterThan(0);
});

it('ratios are taken within rounds, so that a machine that slows down changes none', () => {
  const cell = { milliseconds: [2, 2, 20, 40, 400, 400], rounds: 3 };
  const lstm = { milliseconds: [1, 10, 100, 1000], rounds: 4 };
  expect(ratios(cell, lstm)).toEqual({ count: 3, median: 3, least: 2, most: 4 });
});

it('every factory is measured, at the sizes that are asked for', () => {
  expect(namesOf({ only: [] })).toEqual(Object.keys(factories));
  expect(namesOf({ only: ['lstm', 'gru'] })).toEqual(['gru', 'lstm']);
  expect(() => namesOf({ only: ['lstn'] })).toThrow('--only: expected some of');
  for (const name of Object.keys(factories)) {
    // Beside the input it is given the output of before.
    const given = name === 'teacherForced' ? 16 : 0;
    expect([name, namedCell(name, { inputSize: 3, hiddenSize: 16 }).inputSize]).toEqual([name, 3 + given]);
  }
  expect(['lstm', 'zoneout', 'teacherForced'].map(partOf)).toEqual([undefined, 'lstm', 'jordan']);
});
