import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'elman-char-lm-'));
const text = join(work, 'text.txt');
writeFileSync(text, Array.from({ length: 400 }, (_, i) => `Line ${i} has the number ${i * i}.\n`).join(''));

const charLm = (...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=source', main, '--out', join(work, 'run'), ...args], { encoding: 'utf8' });

afterAll(() => rmSync(work, { recursive: true }));

it('trains, evaluates, samples, saves, and resumes', () => {
  const first = charLm('--text', text, '--minutes', '0.02');
  expect([first.status, first.stderr]).toEqual([0, '']);
  expect(first.stdout).toMatch(/held out: \d\.\d\d bits per character after [1-9]\d* updates\n/);
  expect(first.stdout).toContain(`npx @elman/cli sample ${join(work, 'run')}`);
  expect(readdirSync(join(work, 'run')).sort()).toEqual([
    'manifest.json',
    'model.json',
    'model.safetensors',
    'training.safetensors',
  ]);
  const updates = ({ stdout }: { stdout: string }): number => Number(/after (\d+) updates/.exec(stdout)?.[1]);
  const second = charLm('--text', text, '--minutes', '0.02', '--resume');
  expect([second.status, second.stderr]).toEqual([0, '']);
  expect(updates(second)).toBeGreaterThan(updates(first));
});

it('refuses invalid options in one line', () => {
  const { status, stderr } = charLm('--text', join(work, 'missing.txt'));
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^char-lm: .*missing\.txt: there is no such file.*\n$/)]);
});

it('is a short program', () => {
  expect(readFileSync(main, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(80);
});
