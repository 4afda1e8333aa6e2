/** Everything that is checked beside the tests: format and lint, types, floors, unused code, and the packed packages. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const published = globSync('packages/*/package.json', { cwd: root })
  .filter((file) => !JSON.parse(readFileSync(`${root}/${file}`, 'utf8')).private)
  .map((file) => file.replace('/package.json', ''))
  .sort();

/** Name, command and arguments, folder. */
const checks = [
  ['format and lint', 'biome', ['ci', '--error-on-warnings', '.']],
  ['types of sources, tests and scripts', 'tsc', ['-p', 'tsconfig.json']],
  ['floors', 'node', ['scripts/floors.mjs']],
  ['unused files, exports and dependencies', 'knip', []],
  ...published.flatMap((folder) => [
    [`publint ${folder}`, 'publint', ['--strict', '--pack', 'pnpm'], folder],
    [`attw ${folder}`, 'attw', ['--pack', '.', '--profile', 'esm-only', '--format', 'ascii'], folder],
  ]),
];

/** Runs them all; prints what failed and why. Returns how many passed and failed. */
export function runChecks() {
  let failed = 0;
  for (const [name, command, args, folder = '.'] of checks) {
    const result = spawnSync(command, args, {
      cwd: `${root}/${folder}`,
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (result.status === 0) continue;
    failed += 1;
    console.log(`\n✗ ${name}\n${result.stdout}${result.stderr}${result.error?.message ?? ''}`);
  }
  return { passed: checks.length - failed, failed };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = runChecks();
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed > 0 ? 1 : 0);
}
