import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { workFolder } from './spawn.ts';

const work = workFolder();
const at = (name: string): string => join(work.path, name);
const SMALL = ['--embedding', '6', '--batch', '4', '--window', '8', '--updates', '6', '--evaluate-every', '3'];
const compare = (...args: string[]) => inProcess(['compare', ...args, ...SMALL]);

beforeAll(() => {
  mkdirSync(at('ptb'));
  for (const [part, lines] of Object.entries({ train: 60, valid: 7, test: 5 })) {
    writeFileSync(at(`ptb/ptb.${part}.txt`), ' the cat sat on the <unk> mat \n'.repeat(lines));
  }
});
afterAll(() => work.remove());

describe('elman compare --texts', () => {
  const grid = [
    '--texts',
    at('ptb'),
    '--corpus',
    'pennTreebankWords',
    '--cells',
    'lstm,gru:chrono=9',
    '--layers',
    '1,2',
  ];

  it('trains each cell at each size in a folder that can be sampled, and writes the table and a chart', async () => {
    const { code, stdout } = await compare(...grid, '--hidden', '4', '--out', at('grid'));
    expect(code).toBe(0);
    const rows = stdout.split('\n').filter((line) => /^\| (?:lstm|gru)/.test(line));
    expect(rows.map((row) => row.split(' | ').slice(0, 3).join(' '))).toEqual([
      '| lstm 1 4',
      '| lstm 2 4',
      '| gru:chrono=9 1 4',
      '| gru:chrono=9 2 4',
    ]);
    for (const row of rows) expect(row.match(/perplexity \d+\.\d/g)).toHaveLength(2);
    expect(stdout).toContain('Seeds 1; tokenizer word-level:endOfLine=true, batch 4, window 8, updates 6');
    expect(readdirSync(at('grid')).sort()).toEqual([
      'gru-chrono-9-1x4-1',
      'gru-chrono-9-2x4-1',
      'loss.svg',
      'lstm-1x4-1',
      'lstm-2x4-1',
      'table.json',
      'table.md',
    ]);
    const sampled = await inProcess(['sample', at('grid/lstm-2x4-1'), '--length', '5', '--seed', '1']);
    expect(sampled.code).toBe(0);
    const { rows: saved, run } = JSON.parse(readFileSync(at('grid/table.json'), 'utf8'));
    expect(run.command).toMatch(/compare --texts/);
    const evaluated = await inProcess(['eval', at('grid/lstm-1x4-1'), '--json']);
    expect(JSON.parse(evaluated.stdout).loss).toBeCloseTo(saved[0].test.loss, 10);
  });

  it('does a run that is done not again, and measures one that was trained to its end', async () => {
    const before = readFileSync(at('grid/table.json'), 'utf8');
    rmSync(at('grid/lstm-1x4-1/result.json'));
    const { code, stderr } = await compare(...grid, '--hidden', '4', '--out', at('grid'));
    expect(code).toBe(0);
    expect(stderr).not.toMatch(/^update/m);
    const [again, first] = [readFileSync(at('grid/table.json'), 'utf8'), before].map((text) => JSON.parse(text).rows);
    expect(again).toEqual(first);
  });

  it('has bits per character of a plain text, and no test part', async () => {
    const { code, stdout } = await compare('--texts', work.text, '--cells', 'gru', '--hidden', '4', '--out', at('one'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\| gru \| 1 \| 4 \| [\d,]+ \| \d\.\d{3} bits \| {2}\| .+ \|$/m);
  });

  it.each([
    [[], /expected one of --tasks and --texts/],
    [['--texts', 'a', '--tasks', 'parity'], /expected one of --tasks and --texts/],
    [['--texts', 'a', '--rows', '3'], /'--rows' is for --tasks; leave it out/],
    [['--texts', 'nosuch.txt', '--out', at('none')], /nosuch\.txt: there is no such file/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await compare(...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
  });

  it('refuses a folder with a run of other settings', async () => {
    const args = ['--texts', work.text, '--cells', 'gru', '--hidden', '4', '--out', at('one'), '--dropout', '0.5'];
    const { code, stderr } = await compare(...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/there is a run with --dropout 0; give the same/)]);
  });
});

describe('elman compare --tasks', () => {
  it('takes several sizes, too', async () => {
    const sizes = ['--cells', 'gru', '--hidden', '3,5', '--layers', '1,2', '--length', '4', '--rows', '8'];
    const { code, stdout } = await inProcess([
      ...['compare', '--tasks', 'parity', ...sizes, '--updates', '4', '--out', at('sizes')],
    ]);
    expect(code).toBe(0);
    expect(stdout.match(/^\| parity \| gru \| (?:2 × )?[35] \| \d/gm)).toHaveLength(4);
    // What differs from row to row is not said of all of them.
    expect(stdout).toMatch(/^Seeds 1; .*updates 4/m);
    expect(stdout).not.toMatch(/^Seeds 1; .*layers/m);
    const curves = readFileSync(at('sizes/parity-loss.svg'), 'utf8');
    for (const name of ['gru 1 × 3', 'gru 1 × 5', 'gru 2 × 3', 'gru 2 × 5']) expect(curves).toContain(name);
  });
});
