/**
 * What a person gets: every package packed into a tarball, installed as the README says into an empty folder outside
 * the workspace, on the Node that called `npm test`. There the README's program is run as it says. A new cell is made
 * from the template, installed, proved by its conformance kit and trained by the command; and the code in the READMEs
 * is type-checked and run.
 */
import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installOutside, withInstallSections } from '../scripts/install-sections.mjs';
import { oldestNode } from '../scripts/oldest-node.mjs';
import { packInto } from '../scripts/pack.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = process.env.ELMAN_SYSTEM_NODE ?? process.execPath;
const folder = mkdtempSync(`${tmpdir()}/elman-packed-`);
/** The folder of a person, beside a clone that is called `elman`, and a cell of theirs. */
const own = `${folder}/my-net`;
const tarballs = `${folder}/elman/tarballs`;
const cell = `${folder}/packed-test-cell`;

/** The environment of the person: their Node and npm, not the workspace's. */
const path = [dirname(node), ...(process.env.PATH ?? '').split(':').filter((part) => !part.startsWith(root))].join(':');
const env = {
  ...process.env,
  PATH: path,
  NODE_ENV: '',
  VITEST: '',
  ELMAN_BACKEND: '',
  npm_config_prefer_offline: 'true',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
};

/** Runs a command, under the person's Node or another; returns what it printed. */
function run(command: string, args: string[], cwd = own, under = node): string {
  const PATH = under === node ? env.PATH : `${dirname(under)}:${env.PATH}`;
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...env, PATH } });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** Runs a line as it is typed. */
const type = (line: string, cwd = own, under = node): string => run('sh', ['-c', line], cwd, under);

const bin = (name: string, from = own): string => `${from}/node_modules/.bin/${name}`;
const manifest = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const version = (name: string): string => manifest(`${root}/package.json`).devDependencies[name];

/** What the README says of a program of one's own, with tarballs: the commands, in blocks, and the name of the file. */
const readme = withInstallSections(readFileSync(`${root}/README.md`, 'utf8'), { onNpm: false });
const [steps = ''] = /^## From a few lines of TypeScript\n[\s\S]*?(?=^## )/m.exec(readme) ?? [];
const [begin = [], install = [], start = []] = [...steps.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) =>
  block.trimEnd().split('\n'),
);
const file = /^Save this as `([^`]+)`/m.exec(steps)?.[1];

beforeAll(() => {
  packInto(tarballs);
  type(begin.join('\n'), folder);
  spawnSync('pnpm', ['pack', '--pack-destination', folder], { cwd: `${root}/examples/custom-cell` });
  const others = [...globSync(`${folder}/*.tgz`), `@types/node@${version('@types/node')}`];
  type(`${install.join('\n')} ${others.join(' ')}`);
  writeFileSync(`${own}/text.txt`, 'A small text about small texts, which are small. '.repeat(200));
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the packed packages, outside the workspace', () => {
  it('bring neither sources of the workspace nor an optional backend', () => {
    expect(existsSync(`${own}/node_modules/@tensorflow/tfjs-node`)).toBe(false);
    expect(manifest(`${own}/node_modules/@elman/core/package.json`).exports['.'].source).toBeUndefined();
  });

  it('have JavaScript with its declarations, templates, and nothing besides what npm adds', () => {
    const installed = `${own}/node_modules/@elman`;
    const files = globSync('**/*.*', { cwd: installed }).filter((file) => statSync(`${installed}/${file}`).isFile());
    const known =
      /^[a-z-]+\/(?:(?:dist|bin)\/.*\.js|dist\/.*\.d\.ts|package\.json|README\.md)$|^create-cell\/template\//;
    expect(files.length).toBeGreaterThan(1000);
    expect(files.filter((file) => !known.test(file))).toEqual([]);
  });

  // The person's, and the workspace's: on this project's machines Node 20 and 24.
  it.each([...new Set([node, process.execPath])])(
    "run the README's program, saved and started as it says there, under %s",
    (under) => {
      writeFileSync(`${own}/${file}`, code(`${root}/README.md`));
      const runsTypeScript = /Node (\d+)\.(\d+) or newer/;
      const [major = 0, minor = 0] = run(under, ['--version']).slice(1).split('.').map(Number);
      const command = start.find((line) => {
        const [, from, after] = runsTypeScript.exec(line) ?? [];
        return from === undefined || major > Number(from) || (major === Number(from) && minor >= Number(after));
      });
      expect(type(command as string, own, under)).toMatch(/update 200: .* nats per character\n.*shells/);
    },
  );

  it('let a new cell from the template be installed, prove itself, type-check and build', () => {
    const made = run(node, [`${root}/scripts/new-cell.mjs`, basename(cell), '--out', cell]);
    const printed = [...made.matchAll(/^ {2}(.+)$/gm)].map(([, line = '']) => line);
    const needs = ['@elman/core', '@elman/testkit'];
    expect(printed).toEqual([`cd ${cell}`, ...installOutside(cell, needs), 'npm test', 'npm run build']);
    const [, install = ''] = installOutside(cell, needs, false);
    type(install.replaceAll(relative(cell, `${root}/tarballs`), relative(cell, tarballs)), cell);
    expect(type('npm test', cell)).toMatch(/Tests\s.*\d+ passed/);
    type('npm run check && npm run build', cell);
    for (const part of ['package.json', 'dist']) {
      cpSync(`${cell}/${part}`, `${own}/node_modules/${basename(cell)}/${part}`, { recursive: true });
    }
  });

  it('train the cell by its name, and sample from it', () => {
    const name = basename(cell);
    const small = ['--hidden', '8', '--batch', '4', '--window', '16', '--updates', '3'];
    run(bin('elman'), ['train', 'text.txt', '--cell', name, '--out', 'runs/cell', ...small]);
    expect(manifest(`${own}/runs/cell/model.json`)).toMatchObject({ format: 'elman-model' });
    const sampled = run(bin('elman'), ['sample', 'runs/cell', '--cell', name, '--length', '20', '--seed', '1']);
    expect(sampled.length).toBeGreaterThan(10);
  });

  it('have the command installed from the clone, for the whole machine', () => {
    type(`npm install --global --prefix ${folder}/global ./packages/cli`, root);
    expect(run(`${folder}/global/bin/elman`, ['--version'])).toContain(
      manifest(`${root}/packages/cli/package.json`).version,
    );
  });

  it('show an uncaught error alone', () => {
    const program = "await (await import('@elman/backend')).selectBackend(); throw new Error('mine');";
    const { status, stderr } = spawnSync(node, ['--input-type=module', '--eval', program], {
      cwd: own,
      encoding: 'utf8',
      env,
    });
    expect(status).toBe(1);
    expect(stderr).toContain('Error: mine');
    expect(stderr).not.toContain('tfjs-backend-wasm');
  });
});

describe('the import map for pages', () => {
  const page = readFileSync(`${root}/packages/backend/README.md`, 'utf8');
  const { imports } = JSON.parse(/^```json\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '{}');
  const specifiers = (text: string): string[] =>
    [...text.matchAll(/^(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*['"]([^'"]+)['"]|\bimport\('([^']+)'\)/gm)].map(
      ([, fixed, late]) => (fixed ?? late) as string,
    );

  it("leads to every file that the README's program imports", () => {
    const missing = new Set<string>();
    const seen = new Set<string>();
    const visit = (text: string, at: string): void => {
      for (const name of specifiers(text)) {
        const address: string | undefined = name.startsWith('.') ? join(dirname(at), name) : imports[name];
        if (address === undefined) missing.add(`${name}, imported by ${at}`);
        if (address === undefined || address.startsWith('data:') || seen.has(address)) continue;
        seen.add(address);
        if (existsSync(`${own}${address}`)) visit(readFileSync(`${own}${address}`, 'utf8'), address);
        else missing.add(address);
      }
    };
    visit(code(`${root}/README.md`), '/shells.ts');
    expect([...missing]).toEqual([]);
    expect(seen.size).toBeGreaterThan(100);
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
    mkdirSync(`${own}/readmes`);
    for (const [file, name] of programs) writeFileSync(`${own}/readmes/${name}.ts`, code(`${root}/${file}`));
    cpSync(`${root}/README.md`, `${own}/README.md`);
    const options = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      skipLibCheck: true,
      outDir: 'out',
      types: ['node'],
    };
    writeFileSync(`${own}/readmes/tsconfig.json`, JSON.stringify({ compilerOptions: options }));
    run(bin('tsc', cell), ['-p', 'readmes']);
  });

  it.skipIf(oldestNode === undefined)("runs on the oldest Node: the root README's", () => {
    expect(run(oldestNode as string, ['readmes/out/elman.js'])).toMatch(/update 200: .* nats per character\n.*shells/);
  });

  // The root's has been run above; the kit's is a test.
  const others = programs.filter(([, name]) => name !== 'elman' && name !== 'testkit');
  it.concurrent.each(others)('runs: %s', async (_, name) => {
    await promisify(execFile)(node, [`readmes/out/${name}.js`], { cwd: own, env });
  });
});
