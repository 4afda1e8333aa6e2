import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HISTORY, History, type HistoryLine, readHistory } from '../src/history.ts';
import { lossChart } from '../src/loss-chart.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elman-history-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (step: number): HistoryLine => ({
  step,
  loss: 3 / step,
  learningRate: 0.01,
  gradientNorm: 1,
  seconds: step / 4,
});
const onDisk = (): string => readFileSync(join(folder, HISTORY), 'utf8');
const steps = async (): Promise<number[]> => (await readHistory(folder)).map(({ step }) => step);
const update = (history: History, from: number, to: number): void => {
  for (let step = from; step <= to; step++) history.update(line(step));
};

it('is one JSON object a line, and held-out losses join the update that they were measured after', async () => {
  const history = History.begin(folder);
  update(history, 1, 2);
  history.evaluation(2, 1.25);
  expect(existsSync(join(folder, HISTORY))).toBe(false);
  await history.write();
  update(history, 3, 3);
  await history.write();
  const lines = onDisk().trimEnd().split('\n');
  expect(lines.map((json) => JSON.parse(json))).toEqual([line(1), { ...line(2), heldOut: 1.25 }, line(3)]);
});

it('takes a held-out loss for a line that was written before it', async () => {
  const history = History.begin(folder);
  update(history, 1, 2);
  await history.write();
  history.evaluation(2, 0.5);
  await history.write();
  expect(await readHistory(folder)).toEqual([line(1), { ...line(2), heldOut: 0.5 }]);
});

it.each([
  ['nothing', ''],
  ['updates beyond the checkpoint', [8, 9].map((step) => `${JSON.stringify(line(step))}\n`).join('')],
  ['half a line', '{"step":8,"lo'],
  ['what is no JSON', 'null\n{"step":9}\n'],
])('after %s it goes on from the checkpoint with every update once', async (_, left) => {
  const first = History.begin(folder);
  update(first, 1, 7);
  await first.write();
  appendFileSync(join(folder, HISTORY), left);
  const second = await History.resume(folder, 5);
  expect(await steps()).toEqual([1, 2, 3, 4, 5]);
  expect(second.seconds).toBe(1.25);
  second.evaluation(5, 0.75);
  update(second, 6, 8);
  await second.write();
  expect(await steps()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect((await readHistory(folder))[4]).toEqual({ ...line(5), heldOut: 0.75 });
  expect(onDisk().endsWith('\n')).toBe(true);
});

it('begins where there is none, for a run of an earlier version', async () => {
  const history = await History.resume(folder, 5);
  expect(history.seconds).toBe(0);
  update(history, 6, 6);
  await history.write();
  expect(await steps()).toEqual([6]);
});

it('says once that it cannot be written, which ends no run, and makes up for it later', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const history = History.begin(folder);
  mkdirSync(join(folder, HISTORY));
  for (const step of [1, 2]) {
    update(history, step, step);
    await history.write();
  }
  const said = stderr.mock.calls.map(([text]) => text).join('');
  stderr.mockRestore();
  expect(said).toBe(
    `elman: ${join(folder, HISTORY)}: not written: it is a folder, not a file; the run goes on without it.\n`,
  );
  rmdirSync(join(folder, HISTORY));
  update(history, 3, 3);
  await history.write();
  expect(await steps()).toEqual([1, 2, 3]);
});

it('lossChart draws means of many updates, and what was measured on what is held out', () => {
  const lines = Array.from({ length: 1000 }, (_, i) => ({
    ...line(i + 1),
    ...(i % 500 === 499 ? { heldOut: i } : {}),
  }));
  const chart = lossChart(lines, 'loss');
  expect(chart?.series.map(({ name }) => name)).toEqual(['training', 'held out']);
  expect(chart?.series[0]?.points.length).toBeLessThanOrEqual(60);
  expect(chart?.series[1]?.points).toEqual([
    [500, 499],
    [1000, 999],
  ]);
  expect(lossChart(lines.slice(0, 1), 'loss')).toBeUndefined();
});
