import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { forbiddenImports } from '../scripts/floors.mjs';

let root = '';
const workspace = (files: { [path: string]: string | object }): string => {
  root = mkdtempSync(`${tmpdir()}/elman-floors-`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(`${root}/${path}`), { recursive: true });
    writeFileSync(`${root}/${path}`, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
};
const manifest = (name: string, floor: number, ...dependencies: string[]): object => ({
  name,
  elman: { floor },
  dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '*'])),
});
afterEach(() => {
  if (root !== '') rmSync(root, { recursive: true });
  root = '';
});

describe('floors', () => {
  it('holds in this workspace', () => {
    expect(forbiddenImports(fileURLToPath(new URL('..', import.meta.url)))).toEqual([]);
  });

  it('lets imports go down', () => {
    const files = {
      'packages/low/package.json': manifest('low', 0),
      'packages/low/src/index.ts': 'export const x = 1;',
      'packages/high/package.json': manifest('high', 1, 'low'),
      'packages/high/src/index.ts': "import { x } from 'low';\nimport './other.ts';\nimport fs from 'node:fs';",
    };
    expect(forbiddenImports(workspace(files))).toEqual([]);
  });

  it.each([
    ['a static import up', "import { y } from 'high';"],
    ['a side effect', "import 'high';"],
    ['a dynamic import', "const high = await import('high');"],
    ['a re-export of a subpath', "export * from 'high/part';"],
    ['a type import', "import type { Y } from 'high';"],
  ])('finds %s', (_, line) => {
    const files = {
      'packages/low/package.json': manifest('low', 0, 'high'),
      'packages/low/src/deep/file.ts': line,
      'packages/high/package.json': manifest('high', 0),
    };
    expect(forbiddenImports(workspace(files))).toEqual([
      'packages/low/src/deep/file.ts: low (floor 0) imports high (floor 0).',
    ]);
  });

  it('finds what is not declared, reached by a path, or without a floor', () => {
    const files = {
      'packages/a/package.json': manifest('a', 1),
      'packages/a/src/index.ts': "import 'b';\nimport '../../packages/b/src/index.ts';",
      'packages/b/package.json': { name: 'b' },
    };
    expect(forbiddenImports(workspace(files))).toEqual([
      'packages/a/src/index.ts: ../../packages/b/src/index.ts: import it by its name.',
      'packages/a/src/index.ts: a (floor 1) imports b (floor undefined).',
      'packages/a/src/index.ts: b is not declared in packages/a/package.json.',
      'packages/b/package.json: "elman": { "floor": N } is missing.',
    ]);
  });
});
