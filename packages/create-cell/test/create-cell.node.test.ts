/** `npm create @elman/cell`: what it writes and what it refuses. That the package works is shown in test/packed.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/elman-create-cell-`);
afterAll(() => rmSync(folder, { recursive: true }));

const create = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
  spawnSync(process.execPath, ['--conditions=source', main, ...args], { cwd: folder, encoding: 'utf8' });

it('writes a whole package under its own names', () => {
  const { status, stdout } = create('@me/elman-cell-my-best');
  expect(status).toBe(0);
  expect(stdout).toContain('cd my-best');
  const files = globSync('**', { cwd: `${folder}/my-best`, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['package.json', 'README.md', 'LICENSE', 'my-best.ts', 'my-best.test.ts', 'index.ts']),
  );
  for (const { parentPath, name } of files) expect(readFileSync(`${parentPath}/${name}`, 'utf8')).not.toContain('__');
  expect(readFileSync(`${folder}/my-best/README.md`, 'utf8')).toMatch(
    /^# @me\/elman-cell-my-best\n\n`myBest`, a recurrent cell/,
  );
  expect(existsSync(`${folder}/my-best/.gitignore`)).toBe(true);
  const manifest = JSON.parse(readFileSync(`${folder}/my-best/package.json`, 'utf8'));
  expect(manifest).toMatchObject({ name: '@me/elman-cell-my-best', elman: { cell: 'myBest' } });
  expect(manifest.dependencies).toEqual({ '@elman/core': expect.stringMatching(/^\^\d+\.\d+\.\d+$/) });
  expect(readFileSync(`${folder}/my-best/src/my-best.ts`, 'utf8')).toContain('export function myBest(');
});

it.each([
  ['no name', [], 'expected one name, got none; usage: npm create @elman/cell'],
  ['capitals', ['MyCell', '--out', 'refused'], 'got "MyCell"'],
  ['a path', ['../cell', '--out', 'refused'], 'got "../cell"'],
  ['a word of the language', ['class', '--out', 'refused'], 'cannot be called class'],
  ['a word of its own code', ['tanh', '--out', 'refused'], 'cannot be called tanh'],
  ['two names', ['one-cell', 'two-cell'], 'expected one name, got one-cell two-cell'],
  ['an unknown option', ['one-cell', '--nope'], "Unknown option '--nope'"],
  ['a folder with something in it', ['one-cell', '--out', '.'], 'nothing was written'],
  ['a file in the way', ['one-cell', '--out', 'a-file'], 'ENOTDIR'],
])('refuses %s in one line and writes nothing', (_, args, message) => {
  writeFileSync(`${folder}/a-file`, '');
  const { status, stderr } = create(...args);
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd()).not.toContain('\n');
  for (const name of ['refused', 'one-cell']) expect(existsSync(`${folder}/${name}`)).toBe(false);
});
