/**
 * The main job on every kind of Node: the oldest one, without WebAssembly, without SIMD, without shared memory, on one
 * processor, with little address space. It runs from the build, which `npm test` makes first: Node needs WebAssembly to
 * read TypeScript.
 */
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oldestNode } from '../scripts/oldest-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/elman-platforms-`);
const isX64 = process.arch === 'x64';
const isLinux = process.platform === 'linux';
const NET = ['--hidden', '8', '--batch', '4', '--updates', '4'];

beforeAll(() => {
  writeFileSync(`${folder}/text.txt`, 'A small text about small texts, which are small. '.repeat(60));
  writeFileSync(`${folder}/pairs.tsv`, Array.from({ length: 40 }, (_, i) => `a${i}\tb${i}\n`).join(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** How Node is started: which, with what options, by which command. */
interface Start {
  readonly node?: string | undefined;
  readonly options?: readonly string[];
  readonly by?: readonly string[];
}

/** Runs the command `elman`. */
function elman(args: readonly string[], { node = process.execPath, options = [], by = [] }: Start = {}, input = '') {
  const [file, ...rest] = [...by, node, ...options, `${root}/packages/cli/bin/elman.js`, ...args] as [string];
  const env = { ...process.env, ELMAN_BACKEND: '', ELMAN_EXPERIMENTAL_SIMD: '0', NODE_OPTIONS: '', npm_command: '' };
  return new Promise<Ended>((resolve) => {
    const child = execFile(file, rest, { cwd: folder, env, timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? error?.signal ?? 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

let runs = 0;
const train = (how: Start, ...more: string[]): Promise<Ended> =>
  elman(['train', 'text.txt', ...NET, '--window', '8', '--out', `runs/${runs++}`, '--json', ...more], how);

/** The backend of a run, and its losses. */
function outcome({ code, stdout, stderr }: Ended): { readonly backend: string; readonly losses: readonly number[] } {
  expect([code, stderr]).toEqual([0, '']);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return {
    backend: events[0].backend,
    losses: events.filter(({ event }) => event === 'update').map(({ loss }) => loss),
  };
}

/** An engine without a part of the language. */
const without = (name: string): Start => ({ options: ['--import', `data:text/javascript,delete globalThis.${name}`] });
/** V8 needs these instructions for SIMD of WebAssembly. */
const WITHOUT_SIMD: Start = { options: ['--no-enable-sse4-1'] };
const ADDRESSES = ['/bin/sh', '-c', 'ulimit -v 3000000; exec "$@"', 'sh'];

/** The losses on cpu with our kernels, and in plain JavaScript. */
let compiled: readonly number[];
let plain: readonly number[];
beforeAll(async () => {
  compiled = outcome(await train({}, '--backend', 'cpu')).losses;
  plain = outcome(await train(without('WebAssembly'), '--backend', 'cpu')).losses;
  expect(plain.map((loss) => loss.toFixed(4))).toEqual(compiled.map((loss) => loss.toFixed(4)));
});

describe('the same bits as elsewhere', () => {
  it.runIf(isLinux)('on one processor', async () => {
    expect(outcome(await train({ by: ['taskset', '-c', '0'] }, '--backend', 'cpu')).losses).toEqual(compiled);
  });

  it('without SharedArrayBuffer', async () => {
    expect(outcome(await train(without('SharedArrayBuffer'), '--backend', 'cpu')).losses).toEqual(compiled);
  });

  it('with --jitless, on cpu, which is taken without being asked for', async () => {
    expect(outcome(await train({ options: ['--jitless'] }))).toEqual({ backend: 'cpu', losses: plain });
  });

  it.runIf(isX64)('without SIMD, on cpu', async () => {
    expect(outcome(await train(WITHOUT_SIMD, '--backend', 'cpu')).losses).toEqual(plain);
  });
});

it.runIf(isX64)('without SIMD it runs on wasm', async () => {
  expect(outcome(await train(WITHOUT_SIMD)).backend).toBe('wasm');
});

it('wasm is refused without WebAssembly, and the reason is said', async () => {
  const { code, stderr } = await train({ options: ['--jitless'] }, '--backend', 'wasm');
  expect([code, stderr]).toEqual([
    1,
    'elman: backend: wasm cannot be had: there is no WebAssembly here; start Node without --jitless and --no-expose-wasm, or take cpu.\n',
  ]);
});

describe.skipIf(oldestNode === undefined)('the oldest Node (Linux x64 only: elsewhere the workspace has none)', () => {
  const node = oldestNode;

  it('is that of `engines`, in all packages', async () => {
    const [version] = await new Promise<string[]>((resolve) =>
      execFile(node as string, ['--version'], (_, stdout) => resolve(stdout.trim().slice(1).split('\n'))),
    );
    const wanted = `>=${version?.replace(/(\.0)+$/, '')}`;
    const manifests = globSync(['package.json', 'packages/*/package.json'], { cwd: root });
    for (const manifest of manifests) {
      const { engines } = JSON.parse(readFileSync(`${root}/${manifest}`, 'utf8'));
      expect([manifest, engines.node]).toEqual([manifest, wanted]);
    }
  });

  it('trains, samples, evaluates and resumes', async () => {
    expect(outcome(await train({ node }, '--out', 'runs/oldest')).backend).toBe('wasm');
    for (const args of [
      ['sample', 'runs/oldest', '--length', '9'],
      ['eval', 'runs/oldest', 'text.txt'],
      ['train', '--resume', 'runs/oldest', '--updates', '5'],
      ['doctor'],
    ]) {
      expect(await elman(args, { node })).toMatchObject({ code: 0, stdout: expect.stringMatching(/.{9}/) });
    }
  });

  it('does a task, and translates', async () => {
    const task = ['task', 'parity', ...NET, '--length', '4', '--lengths', '4', '--rows', '8', '--out', 'runs/task'];
    expect(await elman(task, { node })).toMatchObject({ code: 0, stdout: expect.stringContaining('saved in') });
    const translate = ['translate', 'pairs.tsv', ...NET, '--out', 'runs/translate'];
    expect(await elman(translate, { node }, 'a1\n')).toMatchObject({ code: 0, stdout: expect.stringMatching(/\n$/) });
  });

  it.skipIf(!isLinux)('has too little address space for WebAssembly: cpu is taken, wasm refused', async () => {
    expect(outcome(await train({ node, by: ADDRESSES }))).toEqual({ backend: 'cpu', losses: plain });
    const { code, stderr } = await train({ node, by: ADDRESSES }, '--backend', 'wasm');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^elman: backend: wasm cannot be had: there is not enough memory \(.*\(ulimit -v\), or take cpu\.\n$/,
    );
  });
});
