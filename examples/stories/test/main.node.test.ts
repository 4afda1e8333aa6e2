import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stories } from '@elman/tasks';
import { afterAll, describe, expect, it } from 'vitest';
import { fromText, generated } from '../src/questions.ts';
import { worthSeeing } from '../src/show.ts';

const folder = mkdtempSync(join(tmpdir(), 'elman-stories-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../src/${script}.ts`, import.meta.url));
  const short = ['--linear', '4', '--updates', '8'];
  return spawnSync(process.execPath, ['--conditions=source', path, ...short, ...args], { encoding: 'utf8' });
}

describe('stories', () => {
  it('has different stories for training and test', () => {
    const { training, validation, test, vocabulary } = generated('two-facts', 40, 20, '1');
    expect([training.length, validation.length, test.length]).toEqual([40, 20, 20]);
    const told = new Set(training.map(({ sentences }) => sentences.join(' ')));
    expect(test.some(({ sentences }) => told.has(sentences.join(' ')))).toBe(false);
    expect(vocabulary).toContain('lantern');
  });

  it('reads a text, with a tenth of its stories for test', () => {
    const { training, validation, test } = fromText('mine', stories({ kind: 'one-fact', count: 100, seed: 1 }));
    expect([training.length, validation.length, test.length]).toEqual([80, 10, 10]);
    const few = stories({ kind: 'one-fact', count: 10, seed: 1 });
    expect(() => fromText('mine', few)).toThrow('--file mine: expected ten stories or more, got fewer.');
  });

  it('shows a story with the most supporting facts', () => {
    const { test } = generated('three-facts', 1, 50, '1');
    expect(worthSeeing(test).supporting).toHaveLength(3);
    expect(worthSeeing(test).sentences.length).toBeLessThanOrEqual(14);
  });

  it('trains on a kind and shows the attention weights', () => {
    const svg = join(folder, 'looked.svg');
    const { status, stdout, stderr } = run('main', '--questions', '60', '--held-out', '20', '--svg', svg);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^4 updates of a linear start and 8 with softmax, \d+ parameters$/m);
    expect(stdout).toMatch(/% of 20 new questions right/);
    expect(stdout).toMatch(/Where is \w+\? \w+ \(\d+ % sure/);
    expect(stdout).toMatch(/^\* \w+ \w+ to the \w+\./m);
    expect(readFileSync(svg, 'utf8')).toContain('<svg');
  });

  it('trains on a file, and refuses an invalid one', () => {
    const file = join(folder, 'lists.txt');
    writeFileSync(file, stories({ kind: 'lists', count: 100, seed: 1 }));
    const { status, stdout } = run('main', '--file', file, '--hops', '1', '--tying', 'layerwise', '--linear', '0');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^lists\.txt: 80 questions, \d+ words; 1 hop,/);
    writeFileSync(file, 'no numbers');
    expect(run('main', '--file', file).stderr).toContain('readStories: line 1: expected a number from 1');
    expect(run('main', '--kind', 'none').stderr).toContain('--kind: expected one of one-fact, two-facts');
  });

  it('prints a table of kinds and hops', () => {
    const { status, stdout } = run(
      'results',
      '--kinds',
      'one-fact,paths',
      '--seeds',
      '1,2',
      '--questions',
      '60',
      '--held-out',
      '20',
    );
    expect(status).toBe(0);
    expect(stdout).toContain('| kind | 1 hop | 3 hops | seconds |');
    expect(stdout.match(/^\| (one-fact|paths) (\| \d+\.\d % \(\d+\.\d, \d+\.\d\) ){2}\| \d+ \|$/gm)).toHaveLength(2);
  });
});
