/** What `npm test` runs: build, checks, and all tests in Node and, where there is a Chromium, in pages. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { runChecks } from './checks.mjs';
import { findChromium } from './chromium.mjs';
import { oldestNode } from './oldest-node.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const total = { passed: 0, failed: 0, skipped: 0 };
const seconds = () => Math.round(performance.now() / 1000);

console.log('Building.');
const isBuilt = build() === 0;
total[isBuilt ? 'passed' : 'failed'] += 1;

if (isBuilt) {
  console.log(`Checking format, types, floors and packed packages (built in ${seconds()} s).`);
  const checks = await runChecks();
  total.passed += checks.passed;
  total.failed += checks.failed;
  console.log(`Checks: ${checks.passed} passed, ${checks.failed} failed (${seconds()} s). Testing.`);

  const chromium = findChromium();
  const folder = mkdtempSync(`${tmpdir()}/elman-tests-`);
  // Pages wait for the browser most of the time, so that both at once take hardly longer than the longer one.
  const parts = chromium.path ? ['node', 'page'] : ['node'];
  await Promise.all(parts.map((part) => runTests(part, `${folder}/${part}.json`, chromium.path)));
  rmSync(folder, { recursive: true, force: true });

  console.log(
    `\nNode ${process.version}; checks: ${checks.passed} passed, ${checks.failed} failed; ${seconds()} s in all.`,
  );
  if (chromium.path) console.log(`In pages: ${chromium.path} on webgl, webgpu, wasm and cpu.`);
  else console.log(`Left out: the tests in pages, because ${chromium.reason}.`);
  if (!oldestNode) console.log('Left out: the main job on the oldest Node, which npm has for Linux on x64 alone.');
}
if (total.skipped > 0) console.log(`${total.skipped} skipped.`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);

/** The tests in Node or in pages, counted. */
async function runTests(part, report, chromium) {
  const given = process.argv.slice(2);
  const reporters = ['--reporter=./scripts/vitest/progress.ts', '--reporter=json', `--outputFile.json=${report}`];
  const args = [
    'run',
    '--project',
    `${part}-*`,
    ...reporters,
    ...(given.length > 0 ? ['--passWithNoTests', ...given] : []),
  ];
  const env = {
    ...process.env,
    CHROMIUM_PATH: chromium ?? '',
    ELMAN_TEST_BROWSER: part === 'page' ? '1' : '0',
    ELMAN_TEST_PART: part === 'page' ? 'Pages' : 'Node',
  };
  const tests = spawn('vitest', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', env });
  const status = await new Promise((resolve) => {
    tests.on('close', resolve);
    tests.on('error', () => resolve(1));
  });
  try {
    const counts = JSON.parse(readFileSync(report, 'utf8'));
    total.passed += counts.numPassedTests;
    total.failed += counts.numFailedTests;
    total.skipped += counts.numPendingTests + counts.numTodoTests;
    if (status !== 0 && counts.numFailedTests === 0) total.failed += 1;
  } catch {
    if (status !== 0 || given.length === 0) total.failed += 1;
  }
}
