import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the workspaces in these folders with their dependencies, and runs one of their scripts with the arguments of this process. */
export function buildAndRun(folders, script) {
  const status = build(folders);
  if (status !== 0) process.exit(status ?? 1);

  const child = spawn(process.execPath, [`${root}/${script}`, ...process.argv.slice(2)], {
    cwd: process.env.INIT_CWD ?? root,
    stdio: 'inherit',
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 1));
}
