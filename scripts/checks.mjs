/** All checks besides the tests: format and lint, types, floors, unused code, and the packed packages. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readPackages } from './packages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const tarballs = mkdtempSync(`${tmpdir()}/elman-checks-`);

const published = readPackages(root).filter((manifest) => !manifest.private);

/** Name, then commands with arguments and folder, run one after the other. Tarballs are as published: `publishConfig` is applied. */
const checks = [
  ['types of sources, tests and scripts', ['tsc', ['-p', 'tsconfig.json']]],
  ['format and lint', ['biome', ['ci', '--error-on-warnings', '.']]],
  ['floors', ['node', ['scripts/floors.mjs']]],
  ['unused files, exports and dependencies', ['knip', ['--no-config-hints']]],
  ...published.map(({ name, version, folder }) => {
    const tarball = `${tarballs}/${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    return [
      `package ${name}`,
      ['pnpm', ['pack', '--pack-destination', tarballs], folder],
      ['publint', ['--strict', tarball]],
      ['attw', ['--profile', 'esm-only', '--format', 'ascii', '--no-emoji', tarball]],
    ];
  }),
];

/** Runs them all, as many at a time as there are processors; prints what failed and why. Returns how many passed and failed. */
export async function runChecks() {
  const left = checks.values();
  const counts = { passed: 0, failed: 0 };
  const work = async () => {
    for (const [name, ...commands] of left) {
      const failure = await firstFailure(commands);
      counts[failure === undefined ? 'passed' : 'failed'] += 1;
      if (failure !== undefined) console.log(`\nFailed: ${name}\n${failure}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  rmSync(tarballs, { recursive: true });
  return counts;
}

/** What the first of some commands that fails prints; undefined if none does. */
async function firstFailure(commands) {
  for (const [command, args, folder = '.'] of commands) {
    const options = { cwd: `${root}/${folder}`, shell: process.platform === 'win32', maxBuffer: 2 ** 26 };
    const failure = await new Promise((resolve) => {
      execFile(command, args, options, (error, stdout, stderr) =>
        resolve(error === null ? undefined : `${stdout}${stderr}${error.code === 'ENOENT' ? error.message : ''}`),
      );
    });
    if (failure !== undefined) return `${command} ${args.join(' ')}\n${failure}`;
  }
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = await runChecks();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}
