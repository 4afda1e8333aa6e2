import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

it('prints a row for each lesson and cell', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--conditions=source', main, '--updates', '3', '--seeds', '1,2'],
    {
      encoding: 'utf8',
    },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout.match(/^\| at .* \| (simpleRnn|gru|lstm) \| [\d.]+, [\d.]+ \| [\d.]+, [\d.]+ \|$/gm)).toHaveLength(9);
});
