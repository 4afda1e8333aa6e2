import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

function run(program: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`../src/${program}.ts`, import.meta.url));
  return spawnSync(process.execPath, ['--conditions=source', path, ...args], { encoding: 'utf8' });
}

it('trains, tests longer rows, and draws the write and read weights', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ntm-copy-'));
  try {
    const args = ['--updates', '100', '--batch', '1', '--rows', '1', '--svg', join(folder, 'traffic')];
    const { status, stdout, stderr } = run('main', ...args);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/update 100: loss 0\.\d+ nats per bit/);
    expect(stdout).toMatch(/^ {6}120: \d+\.00 of 960$/m);
    expect(stdout).toContain('Head weights of writes\nslot × frame');
    for (const what of ['writes', 'reads']) {
      expect(await readFile(join(folder, `traffic-${what}.svg`), 'utf8')).toContain(`Head weights of ${what}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('names the tasks in its error', () => {
  const { status, stderr } = run('main', '--task', 'sort');
  expect(status).toBe(1);
  expect(stderr).toContain('--task: expected copy, repeat, recall, got "sort".');
});
