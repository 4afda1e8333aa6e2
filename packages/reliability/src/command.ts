import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command `elman`, as it is built. */
const MAIN = fileURLToPath(new URL('../../cli/dist/main.js', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A command that runs. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts `elman` on one thread, so that several run side by side. */
export function start(args: readonly string[], cwd: string): Running {
  const env = {
    ...process.env,
    ELMAN_THREADS: '1',
    ELMAN_BACKEND: 'wasm',
    ELMAN_EXPERIMENTAL_SIMD: '0',
    npm_command: '',
  };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
  return { process: child, ended };
}
