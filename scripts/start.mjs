/** Builds the workspace and runs the main job: examples/char-lm, with the arguments given. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const build = ['run', 'build', '--filter=char-lm...', '--filter=@elman/cli...', '--output-logs=errors-only'];
const { status } = spawnSync('turbo', build, {
  cwd: root,
  stdio: ['ignore', 2, 2],
  shell: process.platform === 'win32',
});
if (status !== 0) process.exit(status ?? 1);

const child = spawn(process.execPath, [`${root}/examples/char-lm/dist/main.js`, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? root,
  stdio: 'inherit',
});
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));
