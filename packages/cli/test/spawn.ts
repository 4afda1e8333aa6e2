import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
/** A process starts a quarter faster with its modules compiled before and without the search for hidden SIMD. */
const QUICK_START = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/compile', import.meta.url)),
  ELMAN_EXPERIMENTAL_SIMD: '0',
};

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to start the command. */
export interface StartOptions {
  readonly cwd?: string;
  /** A shell script that is given the command: `"$@" | head -1`. */
  readonly shell?: string;
  readonly env?: { readonly [name: string]: string };
  /** Where standard output goes in place of being read. */
  readonly stdoutTo?: string;
  /** What stands on standard input; nothing by default. */
  readonly input?: string;
  /** Sees standard output as it comes. */
  readonly onStdout?: (text: string, child: ChildProcess) => void;
  /** Sees standard error as it comes. */
  readonly onStderr?: (text: string, child: ChildProcess) => void;
}

/** Runs `elman` from its sources in a process of its own. */
export function elman(
  args: readonly string[],
  { cwd, env, shell, input, stdoutTo, onStdout, onStderr }: StartOptions = {},
): Promise<Ended> {
  const command = [process.execPath, '--conditions=source', MAIN, ...args];
  const [file, ...rest] = (shell === undefined ? command : ['/bin/sh', '-c', shell, 'sh', ...command]) as [
    string,
    ...string[],
  ];
  const child = spawn(file, rest, {
    timeout: 60_000,
    killSignal: 'SIGKILL',
    cwd,
    env: {
      ...process.env,
      ...QUICK_START,
      ELMAN_BACKEND: 'wasm',
      NODE_OPTIONS: '',
      npm_command: '',
      FORCE_COLOR: '1',
      ...env,
    },
    stdio: ['pipe', stdoutTo === undefined ? 'pipe' : openSync(stdoutTo, 'w'), 'pipe'],
  }) as ChildProcessWithoutNullStreams;
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    onStdout?.(stdout, child);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    onStderr?.(stderr, child);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** The events of a run with `--json`; fails if a line is not JSON. */
export function eventsOf(stdout: string): { readonly event: string; readonly [key: string]: unknown }[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Step and loss of every update of a run with `--json`. */
export function lossesOf(stdout: string): [step: number, loss: number][] {
  return eventsOf(stdout)
    .filter(({ event }) => event === 'update')
    .map(({ step, loss }) => [step as number, loss as number]);
}

/** A folder that is removed by `remove`, with a text of some thousand characters in it. */
export function workFolder(): { readonly path: string; readonly text: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'elman-cli-'));
  const text = join(path, 'text.txt');
  const lines = Array.from({ length: 150 }, (_, i) => `${i} bottles stand on wall number ${(i * 7) % 13}.\n`);
  writeFileSync(text, lines.join(''));
  return { path, text, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Options of a run that takes a moment. */
export const TINY = ['--hidden', '8', '--embedding', '6', '--batch', '4', '--window', '8'] as const;
