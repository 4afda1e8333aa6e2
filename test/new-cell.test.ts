/** `pnpm new:cell`: what it writes and what it refuses. That the package works is shown in packed.test.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/elman-new-cell-`);
afterAll(() => rmSync(folder, { recursive: true }));

function newCell(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, INIT_CWD: folder };
  return spawnSync(process.execPath, [`${root}/scripts/new-cell.mjs`, ...args], { cwd: root, encoding: 'utf8', env });
}

it('writes a whole package under its own names, into a folder from where it was called', () => {
  const { status, stdout } = newCell('@me/elman-cell-my-best', '--out', 'my-best');
  expect(status).toBe(0);
  expect(stdout).toContain('npm test');
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
  expect(Object.keys(manifest.dependencies)).toEqual(['@elman/core']);
  expect(readFileSync(`${folder}/my-best/src/my-best.ts`, 'utf8')).toContain('export function myBest(');
});

it.each([
  ['no name', [], 'name: expected lower-case letters'],
  ['capitals', ['MyCell'], 'got "MyCell"'],
  ['a path', ['../cell'], 'got "../cell"'],
  ['a word of the language', ['class'], 'cannot be called class'],
  ['a word of its own code', ['tanh'], 'cannot be called tanh'],
  ['two names', ['one-cell', 'two-cell'], 'expected one name'],
  ['an unknown option', ['one-cell', '--nope'], "Unknown option '--nope'"],
])('refuses %s in one line and writes nothing', (_, args, message) => {
  const { status, stderr } = newCell(...args, ...(args.length === 1 ? ['--out', 'refused'] : []));
  expect(status).toBe(1);
  expect(stderr).toContain(message);
  expect(stderr.trimEnd()).not.toContain('\n');
  expect(existsSync(`${folder}/refused`)).toBe(false);
});

it('does not write over anything', () => {
  const { status, stderr } = newCell('beat-trigram');
  expect(status).toBe(1);
  expect(stderr).toContain('nothing was written');
  writeFileSync(`${folder}/a-file`, '');
  expect(newCell('one-cell', '--out', 'a-file')).toMatchObject({ status: 1 });
});
