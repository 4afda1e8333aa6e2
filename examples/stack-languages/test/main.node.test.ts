import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Rank, tensor1d, tensor2d, zeros } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { findLanguage } from '../src/languages.ts';
import { firstWrong, tryOut } from '../src/measure.ts';
import { stackCell, stackNet } from '../src/nets.ts';
import { traffic } from '../src/traffic.ts';

function run(script: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../src/${script}.ts`, import.meta.url));
  return spawnSync(process.execPath, ['--conditions=source', path, '--updates', '2', ...args], { encoding: 'utf8' });
}

describe('stack-languages', () => {
  it.each(['anbn', 'anbncn', 'dyck', 'reverse'])('trains on %s, tests both nets and draws the stack', (language) => {
    const folder = mkdtempSync(join(tmpdir(), 'elman-stack-'));
    const svg = join(folder, 'traffic.svg');
    const { status, stdout, stderr } = run(
      'main',
      '--language',
      language,
      '--longest',
      '5',
      '--show',
      '3',
      '--svg',
      svg,
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(
      stdout.match(/^\| (2 stacks|a stack), (soft|hard) \| \d+ \|( [\d.]+ % \|){2} .* \| \d+ s \|$/gm),
    ).toHaveLength(2);
    expect(stdout).toContain('LSTM of 10');
    expect(stdout).toContain('Stack actions');
    expect(readFileSync(svg, 'utf8')).toContain('<svg');
    rmSync(folder, { recursive: true });
  });

  it('scores a hand-set net that pushes at each a and pops at each b as right, and draws it', async () => {
    const language = findLanguage('anbn', { controller: 'rnn', units: '2' });
    // One unit is on at an a, the other at a b; an empty stack means that the word has ended.
    const controller = {
      kernel: tensor2d([
        [40, 0],
        [0, 40],
        [0, 0],
        [0, 0],
      ]),
      recurrentKernel: zeros([2, 2]),
      bias: tensor1d([-20, -20]),
    };
    const cell = {
      controller,
      kernel: tensor2d([
        [40, -40, 40],
        [-40, 40, 0],
      ]),
      bias: zeros([3]),
    };
    const output = {
      kernel: tensor2d([
        [0, 0],
        [0, 0],
        [9, -9],
        [0, 0],
      ]),
      bias: zeros([2]),
    };
    for (const hard of [false, true]) {
      const lengths = [1, 2, 7, 60, 300];
      const tried = await tryOut(language, stackNet(language, hard), { cell, output }, lengths);
      expect(tried.map(({ words, symbols }) => [words, symbols])).toEqual(lengths.map(() => [1, 1]));
      expect(firstWrong(tried)).toBeUndefined();
    }
    const empty = { kernel: zeros<Rank.R2>([4, 2]), bias: tensor1d([1, 0]) };
    const wrong = await tryOut(language, stackNet(language), { cell, output: empty }, [4, 5]);
    expect(wrong.map(({ words }) => words)).toEqual([0, 0]);
    expect(wrong[0]?.symbols).toBeCloseTo(0.75);
    expect(firstWrong(wrong)).toBe(4);

    const { actions, contents } = await traffic(language, stackCell(language, 3), cell as never, 3);
    expect(actions.columns).toEqual(['a', 'a', 'a', 'b', 'b', 'b']);
    expect(actions.values.map((row) => row.map((weight) => Math.round(weight as number)))).toEqual([
      [1, 1, 1, 0, 0, 0],
      [0, 0, 0, 1, 1, 1],
    ]);
    expect(contents.values.map((row) => row.map((value) => Math.round(value as number)))).toEqual([
      [1, 1, 1, 1, 1, -1],
      [-1, 1, 1, 1, -1, -1],
      [-1, -1, 1, -1, -1, -1],
    ]);
  });

  it('counts the seeds that solve the task', () => {
    const { status, stdout, stderr } = run('seeds', '--seeds', '2', '--longest', '3');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('| right up to 3 | 0 of 2 |');
    expect(run('seeds', '--language', 'french').stderr).toContain('expected anbn, anbncn, dyck, reverse, got french');
  });
});
