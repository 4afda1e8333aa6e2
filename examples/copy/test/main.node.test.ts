import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it('prints a row for each cell, with the first length at which it fails', () => {
  const args = ['--conditions=source', main, '--updates', '3', '--lengths', '2,4', '--params', '700'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('| memoryless baseline | | 0.9452 | 0.8664 | |');
  expect(
    stdout.match(/^\| (simpleRnn|lstm|lstm, chrono|gru) \| \d+ \| \d\.\d+ \| \d\.\d+ \| T = 2 \|$/gm),
  ).toHaveLength(4);
});
