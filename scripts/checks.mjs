/** All checks besides the tests: format and lint, types, floors, unused code, and the packed packages. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readPackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tarballs = mkdtempSync(`${tmpdir()}/elman-checks-`);

const published = readPackages(root).filter((manifest) => !manifest.private);

/** Name, command, arguments, folder. Tarballs are as published: `publishConfig` is applied. */
const checks = [
  ['format and lint', 'biome', ['ci', '--error-on-warnings', '.']],
  ['types of sources, tests and scripts', 'tsc', ['-p', 'tsconfig.json']],
  ['floors', 'node', ['scripts/floors.mjs']],
  ['unused files, exports and dependencies', 'knip', ['--no-config-hints']],
  ...published.flatMap(({ name, version, folder }) => {
    const tarball = `${tarballs}/${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    return [
      [`pnpm pack ${name}`, 'pnpm', ['pack', '--pack-destination', tarballs], folder],
      [`publint ${name}`, 'publint', ['--strict', tarball]],
      [`attw ${name}`, 'attw', ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji', tarball]],
    ];
  }),
];

/** Runs all checks; prints the output of those that failed. Returns the numbers of passed and failed ones. */
export function runChecks() {
  let failed = 0;
  for (const [name, command, args, folder = '.'] of checks) {
    const options = { cwd: `${root}/${folder}`, encoding: 'utf8', shell: process.platform === 'win32' };
    const result = spawnSync(command, args, options);
    if (result.status === 0) continue;
    failed += 1;
    console.log(`\nFailed: ${name}\n${result.stdout}${result.stderr}${result.error?.message ?? ''}`);
  }
  rmSync(tarballs, { recursive: true });
  return { passed: checks.length - failed, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = runChecks();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}
