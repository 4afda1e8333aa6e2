/**
 * The entry point of `npm start`, `npm test`, `npm run bench`, `npm run pack` and `npm run sbom`, for Node ≥ 20 and npm:
 * installs the workspace with the pnpm that package.json names, then runs scripts/start.mjs, test.mjs, bench.mjs, pack.mjs
 * or sbom.mjs under the workspace's own Node where there is one for this platform (Linux x64), else under this Node.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [command, ...rest] = process.argv.slice(2);
const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
const windows = process.platform === 'win32';

const install = ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'];
const { status, error } = spawnSync('npx', install, { cwd: root, stdio: ['ignore', 2, 2], shell: windows });
if (status !== 0) {
  console.error(`elman: the workspace could not be installed${error ? `: ${error.message}` : ''}.`);
  process.exit(1);
}

const own = `${root}/node_modules/.bin/node`;
const node = !windows && existsSync(own) ? own : process.execPath;
const child = spawn(node, [`${root}/scripts/${command}.mjs`, ...rest], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: `${root}/node_modules/.bin${windows ? ';' : ':'}${process.env.PATH}`,
    ELMAN_SYSTEM_NODE: process.execPath,
  },
});
// Ctrl-C reaches the child too: ignored here, so that it can save and print how to resume.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (signal === 'SIGTERM') child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
