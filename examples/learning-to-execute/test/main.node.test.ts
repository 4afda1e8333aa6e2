import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const run = (file: string, ...args: string[]) => {
  const main = fileURLToPath(new URL(`../src/${file}.ts`, import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=source', main, ...args], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
};

it('prints a row for each curriculum, and the answers of each', () => {
  const stdout = run('main', '--updates', '6', '--units', '8', '--length', '2', '--nesting', '2');
  for (const strategy of ['none', 'naive', 'mixed', 'combined']) {
    expect(stdout).toMatch(
      new RegExp(`^\\| ${strategy} \\| [\\d.]+ % \\| [\\d.]+ % \\| [\\d.]+ % \\| \\d\\.\\d+ \\|`, 'm'),
    );
    expect(stdout.match(new RegExp(`^${strategy}: `, 'gm'))).toHaveLength(4);
  }
  expect(stdout.match(/^Input: /gm)).toHaveLength(4);
  expect(stdout.match(/^Target: /gm)).toHaveLength(4);
});

it('prints four figures for each number of digits', () => {
  const stdout = run('memorization', '--updates', '3', '--units', '8', '--lengths', '2,3');
  expect(stdout.match(/^\| [23] \| ([\d.]+, [\d.]+ \| ){3}[\d.]+, [\d.]+ \|$/gm)).toHaveLength(2);
});
