/** `pnpm new:cell`: the package of `npm create @elman/cell`, inside of the workspace or outside. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

it('writes an independent package into a folder from where it was called', () => {
  const { status, stdout } = newCell('@me/my-best', '--out', 'mine');
  expect(status).toBe(0);
  expect(stdout).toContain('npm test');
  expect(existsSync(`${folder}/mine/src/my-best.ts`)).toBe(true);
  const { private: isPrivate, dependencies } = JSON.parse(readFileSync(`${folder}/mine/package.json`, 'utf8'));
  expect(isPrivate).toBeUndefined();
  expect(dependencies['@elman/core']).toMatch(/^\^/);
});

it('does not write over an example, and refuses in one line', () => {
  for (const args of [['beat-trigram'], ['one-cell', 'two-cell'], ['MyCell']]) {
    const { status, stderr } = newCell(...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^new:cell: .*(nothing was written|expected one name|got "MyCell")/);
    expect(stderr.trimEnd()).not.toContain('\n');
  }
});
