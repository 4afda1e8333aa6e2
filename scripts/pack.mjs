/** What `npm run pack` runs: builds every public package and packs it as it would be published, into `tarballs/`. */
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readPackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command in the root of the workspace. */
export function run(command, args) {
  const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' };
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}${error?.message ?? ''}`);
}

/** The arguments of pnpm by which a command is for all public packages. */
export const publicPackages = () => [
  '--recursive',
  ...readPackages(root)
    .filter((manifest) => !manifest.private)
    .map(({ name }) => `--filter=${name}`),
];

/** Packs every public package, which must be built, into a folder. */
export function packInto(folder) {
  run('pnpm', [...publicPackages(), 'pack', '--pack-destination', folder]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = `${root}tarballs`;
  rmSync(folder, { recursive: true, force: true });
  run('turbo', ['run', 'build', '--filter=./packages/*']);
  packInto(folder);
  console.log(`Packed ${readdirSync(folder).length} packages into ${folder}. In a folder of your own:`);
  console.log(`  npm install ${folder}/*.tgz @tensorflow/tfjs-core`);
  console.log('The command elman, everywhere on this machine, from here:');
  console.log('  npm install --global ./packages/cli');
}
