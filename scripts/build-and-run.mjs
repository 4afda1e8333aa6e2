import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Builds the named workspaces with their dependencies, and runs one of their scripts with the arguments of this process. */
export function buildAndRun(workspaces, script) {
  const filters = workspaces.map((name) => `--filter=${name}...`);
  const { status } = spawnSync('turbo', ['run', 'build', ...filters, '--output-logs=errors-only'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);

  const child = spawn(process.execPath, [`${root}/${script}`, ...process.argv.slice(2)], {
    cwd: process.env.INIT_CWD ?? root,
    stdio: 'inherit',
  });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code) => process.exit(code ?? 1));
}
