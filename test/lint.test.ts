import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/elman-lint-`);
beforeAll(() => {
  for (const path of ['biome.json', 'scripts/lint'])
    cpSync(`${root}/${path}`, `${folder}/${path}`, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the linter says of a file with this content at this path of a workspace. */
function lint(path: string, code: string): string {
  mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
  writeFileSync(`${folder}/${path}`, code);
  const args = ['lint', '--vcs-enabled=false', path];
  const { stdout, stderr } = spawnSync(`${root}/node_modules/.bin/biome`, args, { cwd: folder, encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

describe('the rules for sources', () => {
  it.each([
    ['Math.random cannot be seeded', 'export const x = Math.random();'],
    ['dataSync stalls the device', 'export const f = (t: { dataSync(): unknown }): unknown => t.dataSync();'],
    ['arraySync stalls the device', 'export const f = (t: { arraySync(): unknown }): unknown => t.arraySync();'],
  ])('%s', (complaint, code) => {
    expect(lint('packages/core/src/planted.ts', code)).toContain(complaint);
    expect(lint('examples/char-lm/src/planted.ts', code)).toContain(complaint);
    expect(lint('packages/core/test/planted.test.ts', code)).not.toContain(complaint);
  });
});
