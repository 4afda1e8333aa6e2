/**
 * What a person gets from the registry: every package packed into a tarball, installed with npm into an empty folder outside
 * the workspace, on the Node that called `npm test`. There a new cell is made from the template, type-checked, proved by its
 * conformance kit and trained by the command; and the code in the READMEs is type-checked and run.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.env.ELMAN_SYSTEM_NODE ?? process.execPath;
const folder = mkdtempSync(`${tmpdir()}/elman-packed-`);

/** Runs a command with the Node and npm of the person, not the workspace's; returns what it printed. */
function run(command: string, args: string[], { cwd = folder, fails = false } = {}): string {
  const path = [dirname(node), ...(process.env.PATH ?? '').split(':').filter((part) => !part.startsWith(root))].join(
    ':',
  );
  const env = { ...process.env, PATH: path, NODE_ENV: '', VITEST: '', ELMAN_BACKEND: '' };
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', env });
  if ((result.status === 0) === fails)
    throw new Error(`${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

const bin = (name: string): string => `${folder}/node_modules/.bin/${name}`;
const manifest = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const version = (name: string): string => {
  const { devDependencies } = manifest(`${root}/package.json`);
  const wanted: string = devDependencies[name];
  if (wanted !== 'catalog:') return wanted;
  const catalog = readFileSync(`${root}/pnpm-workspace.yaml`, 'utf8');
  return new RegExp(`^  '?${name}'?: (.+)$`, 'm').exec(catalog)?.[1] ?? '*';
};

function pack(source: string): [name: string, tarball: string] {
  const { name } = manifest(`${source}/package.json`);
  if (!existsSync(`${source}/dist`)) throw new Error(`${source}/dist is not built; run: pnpm build`);
  const packed = spawnSync('pnpm', ['pack', '--pack-destination', `${folder}/tarballs`], {
    cwd: source,
    encoding: 'utf8',
  });
  if (packed.status !== 0) throw new Error(`${packed.stdout}${packed.stderr}`);
  const tarball = `${name.replace('@', '').replace('/', '-')}-${manifest(`${source}/package.json`).version}.tgz`;
  return [name, `file:./tarballs/${tarball}`];
}

beforeAll(() => {
  run(node, [`${root}/scripts/new-cell.mjs`, 'packed-test-cell', '--out', `${folder}/packed-test-cell`], { cwd: root });
  const published = globSync('packages/*/package.json', { cwd: root })
    .filter((file) => !manifest(`${root}/${file}`).private)
    .map((file) => pack(`${root}/${dirname(file)}`));
  writeFileSync(
    `${folder}/package.json`,
    JSON.stringify({
      private: true,
      type: 'module',
      workspaces: ['packed-test-cell'],
      dependencies: {
        ...Object.fromEntries([...published, pack(`${root}/examples/custom-cell`)]),
        '@tensorflow/tfjs-core': version('@tensorflow/tfjs-core'),
        '@types/node': version('@types/node'),
        typescript: version('@typescript/typescript7').replace('npm:typescript@', ''),
        vitest: version('vitest'),
      },
    }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline']);
  copyFileSync(`${root}/README.md`, `${folder}/README.md`);
  writeFileSync(`${folder}/text.txt`, 'A small text about small texts, which are small. '.repeat(200));
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed packages, outside the workspace', () => {
  it('bring neither sources of the workspace nor an optional backend', () => {
    expect(existsSync(`${folder}/node_modules/@tensorflow/tfjs-node`)).toBe(false);
    expect(manifest(`${folder}/node_modules/@elman/core/package.json`).exports['.'].source).toBeUndefined();
  });

  it('let a new cell from the template type-check, prove itself and build', () => {
    const cell = `${folder}/packed-test-cell`;
    run(bin('tsc'), ['--noEmit', '-p', '.'], { cwd: cell });
    expect(run(bin('vitest'), ['run'], { cwd: cell })).toMatch(/Tests\s.*\d+ passed/);
    run('npm', ['run', 'build'], { cwd: cell });
  });

  it.each(['packed-test-cell', 'elman-cell-min-gru', 'lstm'])('train the cell %s, and sample from it', (cell) => {
    const small = ['--hidden', '8', '--batch', '4', '--window', '16', '--updates', '3'];
    run(bin('elman'), ['train', 'text.txt', '--cell', cell, '--out', `runs/${cell}`, ...small]);
    expect(manifest(`${folder}/runs/${cell}/model.json`)).toMatchObject({ format: 'elman-model' });
    expect(
      run(bin('elman'), ['sample', `runs/${cell}`, '--cell', cell, '--length', '20', '--seed', '1']).length,
    ).toBeGreaterThan(10);
  });
});

/** The TypeScript of a README: its ```ts blocks, one after the other. */
const code = (file: string): string =>
  [...readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join('\n');

describe('the code in the READMEs', () => {
  const readmes = ['README.md', ...globSync('packages/*/README.md', { cwd: root }).sort()];
  const programs = readmes
    .filter((file) => code(`${root}/${file}`) !== '')
    .map((file) => [file, file === 'README.md' ? 'elman' : basename(dirname(file))] as const);

  it('is there for the root and every package', () => {
    const packages = globSync('packages/*/package.json', { cwd: root }).length;
    expect(readmes.length).toBe(packages + 1);
  });

  it('passes the type checker', () => {
    mkdirSync(`${folder}/readmes`);
    for (const [file, name] of programs) writeFileSync(`${folder}/readmes/${name}.ts`, code(`${root}/${file}`));
    const options = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      skipLibCheck: true,
      outDir: 'out',
      types: ['node'],
    };
    writeFileSync(`${folder}/readmes/tsconfig.json`, JSON.stringify({ compilerOptions: options }));
    run(bin('tsc'), ['-p', 'readmes']);
  });

  it.each(programs.filter(([, name]) => name !== 'testkit'))('runs: %s', (_, name) => {
    run(node, [`readmes/out/${name}.js`]);
  });
});
