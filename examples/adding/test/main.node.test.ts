import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it('trains three cells and shows their predictions', () => {
  const args = ['--conditions=source', main, '--updates', '4', '--length', '12'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.match(/^(simpleRnn|lstm|gru), \d+ parameters: 0\.\d+ on 1,000 new rows, not solved/gm)).toHaveLength(3);
  expect(stdout).toContain('has 0.16667.');
  expect(stdout.match(/^\| \d\.\d{3} (\| -?\d\.\d{3} ){3}\|$/gm)).toHaveLength(5);
});
