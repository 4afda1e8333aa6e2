import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measured, Row } from '../src/rows.ts';
import { bench } from './spawn.ts';

const folder = mkdtempSync(join(tmpdir(), 'elman-bench-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectMeasured({ step, milliseconds, load, first, peakBytes, value, recurrent }: Measured, who: string): void {
  const positive = { load, first, peakBytes, least: step.least, recurrent: recurrent?.least ?? 1 };
  for (const [name, number] of Object.entries(positive)) expect(number, `${who}: ${name}`).toBeGreaterThan(0);
  expect(milliseconds.length, who).toBe(step.count);
  expect(Number.isFinite(step.most) && Number.isFinite(value) && Number.isFinite(load), who).toBe(true);
}

describe('npm run bench -- --quick', () => {
  let ended: Awaited<ReturnType<typeof bench>>;
  let rows: readonly Row[];
  beforeAll(async () => {
    const json = join(folder, 'results.json');
    ended = await bench(['--quick', '--only', 'W4,W6', '--json', json]);
    rows = JSON.parse(readFileSync(json, 'utf8')).rows;
  });

  it('measures every row, of Elman and of each peer that can run it', () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(rows.map(({ workload }) => workload.name)).toEqual(['W4', 'W6']);
    for (const { workload, outcomes } of rows) {
      for (const name of ['Elman', 'tf.layers']) {
        const outcome = outcomes[name];
        if (outcome?.state !== 'measured') throw new Error(`${workload.name}: ${name}: ${JSON.stringify(outcome)}`);
        expectMeasured(outcome, `${workload.name}: ${name}`);
      }
      expect((outcomes.Elman as Measured).recurrent?.median).toBeGreaterThan(0);
    }
  });

  it('gives the reason where a peer is not in a row', () => {
    const [w4, w6] = rows.map(({ outcomes }) => outcomes);
    expect(w4?.['brain.js']).toEqual({ state: 'unavailable', reason: 'batch of 1 only' });
    expect(w4?.PyTorch).toEqual({ state: 'unavailable', reason: 'no Python given' });
    const brain = w6?.['brain.js'];
    if (brain?.state === 'measured') expectMeasured(brain, 'W6: brain.js');
    else expect(brain).toEqual({ state: 'unavailable', reason: 'not installed' });
  });

  it('starts Elman and tf.layers at the entropy of the uniform distribution', () => {
    for (const name of ['Elman', 'tf.layers']) {
      const { value } = (rows[0] as Row).outcomes[name] as Measured;
      expect(Math.abs(value - Math.log(64)), name).toBeLessThan(0.5);
    }
  });

  it('prints machine, versions and a table with a line for each row', () => {
    expect(ended.stdout).toMatch(/^- \d{4}-\d\d-\d\dT.*`npm run bench -- --quick --only W4,W6/);
    expect(ended.stdout).toMatch(/tf\.layers 4\.\d+/);
    expect(ended.stdout).toMatch(/\| W4 LSTM 16, B 32, T 100 +\|/);
    expect(ended.stdout).toMatch(/\*\*quick\*\*/);
    expect(ended.stdout).not.toMatch(/NaN|undefined|Infinity/);
  });
});

it('sweeps over the length of the sequence and fits a power law', async () => {
  const json = join(folder, 'sweep.json');
  const { code, stdout, stderr } = await bench(['--quick', '--sweep', '--json', json]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/Time grows as T to the power -?\d/);
  const { sweep } = JSON.parse(readFileSync(json, 'utf8'));
  expect(sweep.points.map(({ time }: { time: number }) => time)).toEqual([10, 20, 40, 80]);
  expect(Number.isFinite(sweep.exponent)).toBe(true);
});

it('ends with 1 and one line where the backend is unavailable', async () => {
  const { code, stdout, stderr } = await bench(['--quick', '--backend', 'webgl', '--only', 'W4']);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(/^bench: .*webgl/)]);
});

it('measures output layers against the softmax, alone and in whole updates', async () => {
  const json = join(folder, 'outputs.json');
  const { code, stdout, stderr } = await bench(['--quick', '--outputs', '--json', json]);
  expect(code, stderr).toBe(0);
  for (const kind of ['full', 'classes by frequency', 'classes by sqrt-frequency', 'adaptive', 'sampled']) {
    expect(stdout).toMatch(new RegExp(`\\| ${kind} +\\|(?: +[\\d.]+ \\| +[\\d.]+ \\([\\d.]+–[\\d.]+\\) \\|){2}`));
  }
  const { rows } = JSON.parse(readFileSync(json, 'utf8'));
  expect(rows.map(({ part }: { part: string }) => part)).toEqual(['layer', 'update']);
});

it('measures memories over their slots, and fits power laws', async () => {
  const json = join(folder, 'memories.json');
  const { code, stdout, stderr } = await bench(['--quick', '--memories', '--json', json]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/\| grows as slots to the power \| +time \| +memory \|\n.*\n\| NTM +\| +\S+ \| +\d\.\d\d \|/);
  const { points } = JSON.parse(readFileSync(json, 'utf8'));
  expect(points.map(({ kind, slots }: { kind: string; slots: number }) => `${kind} ${slots}`)).toEqual(
    [64, 128].flatMap((slots) => ['ntm', 'linear', 'lsh'].map((kind) => `${kind} ${slots}`)),
  );
  for (const { long } of points) expect(long.heldBytes).toBeGreaterThan(0);
});
